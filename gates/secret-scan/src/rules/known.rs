//! Keys that everybody has: shipped inside public software, they open nothing
//! to anyone who did not have them already. Kept as digests, so that no key
//! stands in the source.

/// Whether `secret` is such a key.
pub fn is_public(secret: &[u8]) -> bool {
    let digest = secret.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    PUBLIC.binary_search(&digest).is_ok()
}

/// FNV-1a digests, sorted: API keys of Chromium, Firebase's samples and other
/// programs that print them in their sources (Google), a sample of Bugsnag's,
/// the account key of Azure's storage emulator, the passwords in NuGet's manual.
const PUBLIC: &[u64] = &[
    0x08b5_4596_2adc_7d8b,
    0x1211_3c2e_6979_f447,
    0x1a3e_1c90_ee66_98a0,
    0x294c_63f8_344d_5df1,
    0x29a3_36c7_244f_48dd,
    0x3f9d_1c99_6e62_0b67,
    0x4155_0317_7a5c_10e1,
    0x515c_b771_a423_8032,
    0x6835_e0f2_8883_2a40,
    0x6acb_d824_bd32_bbd4,
    0x816c_d10f_db11_ead0,
    0x8288_18f8_3325_7868,
    0x99b2_7263_46a1_e92a,
    0xadbd_04e3_fe1b_6d49,
    0xc73f_1e61_952e_6987,
    0xc800_bf21_00a2_1c67,
    0xd8e1_3cde_d253_33c6,
    0xdb94_22f1_dd33_2dcc,
    0xe754_678e_a2b1_4ef1,
    0xe766_6dbb_286c_6c2e,
];

#[cfg(test)]
mod tests {
    #[test]
    fn the_digests_can_be_searched() {
        assert!(super::PUBLIC.is_sorted());
        assert!(!super::is_public(b"anything else"));
    }
}
