//! The command line: clap, the only anyhow, the only clock.

mod args;
#[macro_use]
mod print;
mod commands;

use std::io::IsTerminal;

use clap::Parser;

#[tokio::main]
async fn main() -> std::process::ExitCode {
    let cli = args::Cli::parse();
    start_log(&cli);
    match commands::run(cli).await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

/// A server logs what it does; other commands only what is wrong. That a statement took long is
/// neither: reading a large operation does. `RUST_LOG` says otherwise.
fn start_log(cli: &args::Cli) {
    let default = if cli.command.is_server() { "info" } else { "warn" };
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| {
        tracing_subscriber::EnvFilter::new(format!("{default},sqlx::query=error"))
    });
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match cli.log_format {
        args::LogFormat::Text => log.with_ansi(std::io::stderr().is_terminal()).init(),
        args::LogFormat::Json => log.json().flatten_event(true).with_span_list(false).init(),
    }
}

/// The current time as RFC 3339, UTC, in milliseconds; never one that is still to come.
fn now() -> lacuna::domain::Text {
    let now = jiff::Timestamp::now();
    let whole =
        jiff::TimestampRound::new().smallest(jiff::Unit::Millisecond).mode(jiff::RoundMode::Trunc);
    now.round(whole).unwrap_or(now).to_string().into()
}
