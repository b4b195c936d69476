//! One struct; every key documented; flags and `LACUNA_*` variables.

use std::net::{IpAddr, SocketAddr};

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

    /// The address under which people reach this server, where it stands behind a proxy: links
    /// begin with it.
    #[arg(long, env = "LACUNA_PUBLIC_URL", value_name = "URL", value_parser = public_url)]
    pub public_url: Option<String>,

    /// A proxy whose X-Forwarded-Host, -Proto and -Prefix (a path it took off) are believed: an
    /// address or a network such as 10.0.0.0/8. May be given several times. Of anyone else they are
    /// ignored.
    #[arg(
        long = "trusted-proxy",
        env = "LACUNA_TRUSTED_PROXY",
        value_name = "ADDR",
        value_delimiter = ','
    )]
    pub trusted_proxies: Vec<Network>,

    /// Megabytes that operations may take in memory: with it, each is loaded when it is first asked
    /// for, and the least recently asked for goes when there are more. Without it all are loaded at
    /// the start and stay.
    #[arg(long, env = "LACUNA_MEMORY_MB", value_name = "MB")]
    pub memory_mb: Option<u64>,

    #[command(flatten)]
    pub limits: Limits,
}

/// An address that links may begin with, without a slash at the end.
fn public_url(text: &str) -> Result<String, String> {
    let url = text.trim().trim_end_matches('/');
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/[]".contains(&byte);
    match rest {
        Some(rest) if !rest.is_empty() && !rest.starts_with('/') && rest.bytes().all(plain) => {
            Ok(url.to_owned())
        }
        _ => Err("give an address such as https://gaps.example.org".to_owned()),
    }
}

/// Addresses that begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    pub fn has(&self, address: IpAddr) -> bool {
        let rest = |size: u32| size - self.bits;
        // What IPv6 sockets call an IPv4 address is that address.
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let differ = own.to_bits() ^ other.to_bits();
                differ.checked_shr(rest(32)).unwrap_or(0) == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let differ = own.to_bits() ^ other.to_bits();
                differ.checked_shr(rest(128)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

impl std::str::FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Network, String> {
        let bad = || "give an address such as 10.0.0.1, or a network such as 10.0.0.0/8".to_owned();
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| bad())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), |bits| bits.parse().map_err(|_| bad()))?;
        if bits > most {
            return Err(bad());
        }
        Ok(Network { address, bits })
    }
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

    /// Megabytes of rendered answers that are kept for who asks next; those asked most take a quarter
    /// more. What they are made from is not in it: figures, service areas, uncovered ground and the
    /// polygons of tiles take up to half a gigabyte more for each operation (lacuna_kept_bytes of
    /// /metrics), beside its rows and boundaries (--memory-mb).
    #[arg(long, env = "LACUNA_CACHE_MB", default_value_t = Limits::CACHE_MB, value_name = "MB")]
    pub cache_mb: u64,

    /// Megabytes of exports that are kept in temporary files, in the folder that TMPDIR names.
    #[arg(long, env = "LACUNA_DISK_MB", default_value_t = Limits::DISK_MB, value_name = "MB")]
    pub disk_mb: u64,

    /// Megabytes of a file that is sent to be imported.
    #[arg(long, env = "LACUNA_UPLOAD_MB", default_value_t = Limits::UPLOAD_MB, value_name = "MB")]
    pub upload_mb: u64,
}

impl Limits {
    const TIMEOUT_S: u64 = 60;
    const CONCURRENCY: usize = 1024;
    const CACHE_MB: u64 = 256;
    const DISK_MB: u64 = 4096;
    const UPLOAD_MB: u64 = 256;
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            timeout_s: Limits::TIMEOUT_S,
            concurrency: Limits::CONCURRENCY,
            cache_mb: Limits::CACHE_MB,
            disk_mb: Limits::DISK_MB,
            upload_mb: Limits::UPLOAD_MB,
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_network_has_the_addresses_that_begin_alike() {
        let has = |network: &str, address: &str| {
            network.parse::<Network>().unwrap().has(address.parse().unwrap())
        };
        assert!(has("10.0.0.0/8", "10.200.3.4") && !has("10.0.0.0/8", "11.0.0.1"));
        assert!(has("127.0.0.1", "127.0.0.1") && !has("127.0.0.1", "127.0.0.2"));
        assert!(has("0.0.0.0/0", "9.9.9.9") && has("10.0.0.1", "::ffff:10.0.0.1"));
        assert!(has("fd00::/8", "fd12::1") && !has("fd00::/8", "10.0.0.1"));
        for bad in ["10.0.0.0/33", "10.0.0", "proxy", "", "10.0.0.0/x"] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_public_address_is_one_that_links_can_begin_with() {
        assert_eq!(public_url("https://a.org/gaps/").as_deref(), Ok("https://a.org/gaps"));
        for bad in ["a.org", "ftp://a.org", "https://", "https://a.org/?x", "https://a\"b"] {
            assert!(public_url(bad).is_err(), "{bad}");
        }
    }
}
