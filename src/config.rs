//! One struct; every key documented; flags and `LACUNA_*` variables.

use std::net::SocketAddr;

/// How a server runs.
#[derive(Clone, Debug, clap::Args)]
pub struct Config {
    /// Address and port to listen on; loopback unless told otherwise, port 0 picks a free one.
    #[arg(long, env = "LACUNA_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDR")]
    pub listen: SocketAddr,

    /// The secret that imports need, at least 16 characters; without one, a new one is made at each
    /// start and printed with the address.
    #[arg(long, env = "LACUNA_TOKEN", hide_env_values = true, value_name = "SECRET")]
    pub token: Option<String>,

    #[command(flatten)]
    pub limits: Limits,
}

/// What one server gives to all who ask.
#[derive(Clone, Debug, clap::Args)]
pub struct Limits {
    /// Seconds an answer may take before it is refused with 503.
    #[arg(long, env = "LACUNA_TIMEOUT", default_value_t = Limits::TIMEOUT_S, value_name = "SECONDS")]
    pub timeout_s: u64,

    /// Requests worked on at once; more are refused with 503.
    #[arg(long, env = "LACUNA_CONCURRENCY", default_value_t = Limits::CONCURRENCY, value_name = "N")]
    pub concurrency: usize,

    /// Megabytes of rendered answers that are kept for who asks next.
    #[arg(long, env = "LACUNA_CACHE_MB", default_value_t = Limits::CACHE_MB, value_name = "MB")]
    pub cache_mb: u64,

    /// Megabytes of a file that is sent to be imported.
    #[arg(long, env = "LACUNA_UPLOAD_MB", default_value_t = Limits::UPLOAD_MB, value_name = "MB")]
    pub upload_mb: u64,
}

impl Limits {
    const TIMEOUT_S: u64 = 60;
    const CONCURRENCY: usize = 1024;
    const CACHE_MB: u64 = 256;
    const UPLOAD_MB: u64 = 256;
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            timeout_s: Limits::TIMEOUT_S,
            concurrency: Limits::CONCURRENCY,
            cache_mb: Limits::CACHE_MB,
            upload_mb: Limits::UPLOAD_MB,
        }
    }
}
