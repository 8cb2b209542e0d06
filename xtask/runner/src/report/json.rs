//! The receipt itself, in its canonical form.

use std::io::{self, Write};

use crate::receipt::Receipt;

/// Writes the receipt as it is kept and digested.
///
/// # Errors
/// `out` could not be written.
pub fn write(receipt: &Receipt, out: &mut impl Write) -> io::Result<()> {
    let text = receipt.canonical().map_err(io::Error::other)?;
    out.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn what_is_written_reads_back_the_same() {
        let receipt = sample::receipt();
        let mut out = Vec::new();
        write(&receipt, &mut out).unwrap();
        assert_eq!(serde_json::from_slice::<Receipt>(&out).unwrap(), receipt);
    }
}
