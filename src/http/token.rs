//! Who may write: whoever shows the token.

use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use sha2::{Digest, Sha256};

use super::problem::Problem;

/// The secret that a write needs; only its hash is kept.
#[derive(Clone)]
pub struct Token([u8; 32]);

impl Token {
    /// The fewest characters that a token may have.
    pub const LENGTH: usize = 16;

    pub fn new(secret: &str) -> Token {
        Token(Sha256::digest(secret).into())
    }

    /// Whether a request shows the token as `Authorization: Bearer`. Hashes are compared, all of
    /// them, so that the time it takes tells nothing.
    pub(crate) fn check(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let shown = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer = |value: &str| match value.split_once(' ') {
            Some((scheme, secret)) if scheme.eq_ignore_ascii_case("bearer") => {
                Some(secret.trim().to_owned())
            }
            _ => None,
        };
        let Some(secret) = shown.and_then(bearer) else {
            return Err(refused(
                "This needs the server's token: send \"Authorization: Bearer TOKEN\", or open the page by the address that the server printed at its start.",
            ));
        };
        let other = Token::new(&secret);
        let different = self.0.iter().zip(other.0).fold(0, |sum, (a, b)| sum | (a ^ b));
        match different {
            0 => Ok(()),
            _ => Err(refused(
                "The token is not the one of this server: take it from the address that the server printed at its start.",
            )),
        }
    }

    /// An id that nobody without the token can guess.
    pub(crate) fn id(&self, count: u64, at: &str) -> String {
        let hash = Sha256::new().chain_update(self.0).chain_update(count.to_le_bytes());
        let hash = hash.chain_update(at).finalize();
        hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token")
    }
}

fn refused(detail: &str) -> Problem {
    let mut problem = Problem::new(StatusCode::UNAUTHORIZED, "Token needed", detail);
    problem.headers.push((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
    problem
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_static(value));
        Token::new("correct horse battery").check(&headers).is_ok()
    }

    #[test]
    fn only_the_token_itself_is_taken() {
        assert!(shown("Bearer correct horse battery"));
        assert!(shown("bearer  correct horse battery "));
        assert!(!shown("Bearer correct horse"));
        assert!(!shown("Basic correct horse battery"));
        assert!(!shown("Bearer "));
        assert!(Token::new("x").check(&HeaderMap::new()).is_err());
    }

    #[test]
    fn ids_differ_with_the_count_and_the_token() {
        let token = Token::new("a");
        assert_ne!(token.id(1, ""), token.id(2, ""));
        assert_ne!(token.id(1, ""), Token::new("b").id(1, ""));
    }
}
