//! Whom a server's certificate must be vouched for by: Mozilla's list, which is
//! built in, or the file that `SSL_CERT_FILE` names, as OpenSSL, curl and cargo
//! read it. Behind a company's proxy there is no other way.

use ureq::config::ConfigBuilder;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::typestate::AgentScope;

/// Lays the certificates over an agent's configuration.
///
/// # Errors
/// `SSL_CERT_FILE` names a file that cannot be read, or holds no certificate.
pub fn with_roots(config: ConfigBuilder<AgentScope>) -> Result<ConfigBuilder<AgentScope>, String> {
    let Some(path) = std::env::var_os("SSL_CERT_FILE").filter(|path| !path.is_empty()) else {
        return Ok(config);
    };
    let told = |why: String| format!("SSL_CERT_FILE '{}': {why}", path.display());
    let pem = std::fs::read(&path).map_err(|error| told(error.to_string()))?;
    let certificates: Vec<_> = parse_pem(&pem)
        .filter_map(Result::ok)
        .filter_map(|item| match item {
            PemItem::Certificate(certificate) => Some(certificate),
            _ => None,
        })
        .collect();
    if certificates.is_empty() {
        return Err(told("it holds no certificate".to_owned()));
    }
    let tls = TlsConfig::builder().root_certs(RootCerts::from(certificates)).build();
    Ok(config.tls_config(tls))
}
