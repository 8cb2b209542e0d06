//! Passwords that a command or a statement is given.

use super::{Place, Read};
use crate::rules::format::set;
use crate::rules::sample::Numbers;

/// <https://manpages.debian.org/sshpass>: the option `-p`.
pub const SSHPASS: Place = Place {
    id: "sshpass-password",
    what: "password given to sshpass",
    keywords: &["sshpass"],
    path: "",
    entropy_min: 2.5,
    read: Read::Pattern(
        r#"(?i)\bsshpass[ \t]+-p[ \t]{0,4}(?:'([^'\s]{6,64})'|"([^"\s$<{%`]{6,64})"|([^\s'"`$<>{}()%;|&]{6,64}))"#,
    ),
    reads_on: None,
    names: ["deploy/canary.sh", "deploy/canary.sh"],
    around: ["sshpass -p '", "' ssh canary@host.example\n"],
    secret: || Numbers::of("sshpass-password").text(set::ALNUM, 16),
    good: "sshpass -p \"$PASSWORD\" ssh canary@host.example\n",
};

/// <https://learn.microsoft.com/powershell/module/microsoft.powershell.security/convertto-securestring>:
/// the parameters String, AsPlainText and Force.
pub const SECURE_STRING: Place = Place {
    id: "powershell-secure-string",
    what: "password that a PowerShell script makes a secure string of",
    keywords: &["convertto-securestring"],
    path: "",
    entropy_min: 3.0,
    read: Read::Pattern(
        r#"(?i)\bConvertTo-SecureString[ \t]{1,4}(?:-(?:AsPlainText|Force|String)[ \t]{1,4}){0,3}(?:'([^'\s]{8,128})'|"([^"\s$<{%`]{8,128})")"#,
    ),
    reads_on: None,
    names: ["deploy/canary.ps1", "deploy/canary.ps1"],
    around: ["$p = ConvertTo-SecureString \"", "\" -AsPlainText -Force\n"],
    secret: || Numbers::of("powershell-secure-string").text(set::ALNUM, 16),
    good: "$p = ConvertTo-SecureString $env:PASSWORD -AsPlainText -Force\n",
};

/// <https://www.postgresql.org/docs/current/sql-createrole.html>,
/// <https://dev.mysql.com/doc/refman/8.4/en/create-user.html>.
pub const SQL: Place = Place {
    id: "sql-user-password",
    what: "password of a database user in a statement",
    keywords: &[
        "identified by ",
        "identified with ",
        "with password ",
        "encrypted password ",
        " password '",
    ],
    path: "",
    entropy_min: 3.0,
    read: Read::Pattern(
        r#"(?i)\b(?:identified (?:with \w{1,40} )?by |with password |encrypted password |(?:user|role)[ \t][\w"`.@%'-]{1,80}[ \t](?:with[ \t]|login[ \t]|set[ \t]){0,2}password )[ \t]{0,4}(?:'([^'\s$<{%:]{8,64})'|"([^"\s$<{%:]{8,64})")"#,
    ),
    reads_on: None,
    names: ["deploy/canary.sql", "deploy/canary.sql"],
    around: ["CREATE ROLE canary LOGIN ENCRYPTED PASSWORD '", "';\n"],
    secret: || Numbers::of("sql-user-password").text(set::ALNUM, 16),
    good: "CREATE ROLE canary LOGIN ENCRYPTED PASSWORD ':password';\n",
};
