//! One struct; every key documented; flags and `LACUNA_*` variables.

use std::net::SocketAddr;

/// How a server runs.
#[derive(Clone, Debug, clap::Args)]
pub struct Config {
    /// Address and port to listen on; loopback unless told otherwise, port 0 picks a free one.
    #[arg(long, env = "LACUNA_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDR")]
    pub listen: SocketAddr,

    /// Seconds a request may take before it is answered 503.
    #[arg(long, env = "LACUNA_TIMEOUT", default_value_t = 30, value_name = "SECONDS")]
    pub timeout_s: u64,

    /// Requests worked on at once; more wait, and are answered 503 when they wait too long.
    #[arg(long, env = "LACUNA_CONCURRENCY", default_value_t = 256, value_name = "N")]
    pub concurrency: usize,
}

impl Default for Config {
    fn default() -> Config {
        Config { listen: SocketAddr::from(([127, 0, 0, 1], 8080)), timeout_s: 30, concurrency: 256 }
    }
}
