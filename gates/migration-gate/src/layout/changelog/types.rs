//! Types of columns as Liquibase writes them for PostgreSQL. One that it has no
//! name of its own for is written as it stands.

/// `DATETIME(6)` → `TIMESTAMP(6) WITHOUT TIME ZONE`.
pub(super) fn postgres(written: &str) -> String {
    let written = written.trim();
    let (head, rest) = match written.find('(') {
        Some(at) => (written.get(..at).unwrap_or(written), written.get(at..).unwrap_or_default()),
        None => (written, ""),
    };
    // `int[]`, `varchar(10)[]`: of an array, what its items are.
    if let Some(item) = written.strip_suffix(']').and_then(|it| it.rfind('[').map(|at| &it[..at])) {
        let brackets = written.get(item.len()..).unwrap_or_default();
        return format!("{}{brackets}", postgres(item));
    }
    let (parameters, more) = match rest.find(')') {
        Some(at) => (rest.get(..=at).unwrap_or_default(), rest.get(at + 1..).unwrap_or_default()),
        None => (rest, ""),
    };
    let lower = head.to_ascii_lowercase();
    let name = lower.strip_prefix("java.sql.types.").unwrap_or(&lower).trim();
    let length = parameters.trim_matches(['(', ')']).trim();
    let is_long = length.parse::<u64>().is_ok_and(|length| length > 10_485_760);
    match name {
        "int" | "integer" | "int4" | "serial" | "serial4" | "mediumint" => "INTEGER".to_owned(),
        "bigint" | "int8" | "bigserial" | "serial8" | "long" => "BIGINT".to_owned(),
        "smallint" | "int2" | "smallserial" | "tinyint" => "SMALLINT".to_owned(),
        "boolean" | "bool" => "BOOLEAN".to_owned(),
        // Of Java's types, BIT is a boolean.
        "bit" if parameters.is_empty() && lower != name => "BOOLEAN".to_owned(),
        "double" | "double precision" | "float8" => "DOUBLE PRECISION".to_owned(),
        "number" | "numeric" => format!("numeric{parameters}"),
        "decimal" => format!("DECIMAL{parameters}"),
        "currency" | "money" | "smallmoney" => "DECIMAL".to_owned(),
        "clob" | "nclob" | "text" | "longtext" | "mediumtext" | "tinytext" | "longvarchar"
        | "longnvarchar" | "ntext" => "TEXT".to_owned(),
        "blob" => "OID".to_owned(),
        "longblob" | "mediumblob" | "tinyblob" | "varbinary" | "longvarbinary" | "binary"
        | "image" | "bytea" | "raw" => "BYTEA".to_owned(),
        "varchar" | "varchar2" | "character varying" | "nvarchar" | "nvarchar2" | "string"
        | "char varying"
            if is_long || length.eq_ignore_ascii_case("max") =>
        {
            "CHARACTER VARYING".to_owned()
        }
        "varchar" | "varchar2" | "character varying" | "nvarchar" | "nvarchar2" | "string" => {
            format!("VARCHAR{}", of_characters(parameters))
        }
        "char" | "character" | "nchar" | "bpchar" => format!("CHAR{}", of_characters(parameters)),
        "uuid" | "uniqueidentifier" => "UUID".to_owned(),
        "datetime" | "datetime2" | "smalldatetime" | "timestamp" => {
            let zone = if has_zone(more) { "WITH" } else { "WITHOUT" };
            format!("TIMESTAMP{parameters} {zone} TIME ZONE")
        }
        "time" => {
            let zone = if has_zone(more) { "WITH" } else { "WITHOUT" };
            format!("TIME{parameters} {zone} TIME ZONE")
        }
        "timestamptz"
        | "timestamp with time zone"
        | "timestamp with timezone"
        | "timestamp_with_timezone" => format!("TIMESTAMP{parameters} WITH TIME ZONE"),
        "timestamp without time zone" | "timestamp without timezone" => {
            format!("TIMESTAMP{parameters} WITHOUT TIME ZONE")
        }
        "xmltype" | "sqlxml" => "XML".to_owned(),
        // What follows these, `INT NULL` or `INT UNSIGNED`, is left out.
        _ => match name.split_once(' ') {
            Some((kind @ ("int" | "integer" | "smallint" | "tinyint" | "mediumint"), _)) => {
                postgres(kind)
            }
            _ => written.to_owned(),
        },
    }
}

/// `(10 CHAR)` is Oracle's.
fn of_characters(parameters: &str) -> String {
    let inner = parameters.trim_matches(['(', ')']);
    let number: String = inner.trim().chars().take_while(char::is_ascii_digit).collect();
    if number.is_empty() { parameters.to_owned() } else { format!("({number})") }
}

fn has_zone(words: &str) -> bool {
    let lower = words.trim().to_ascii_lowercase();
    lower.starts_with("with time") || lower.starts_with("tz")
}

#[cfg(test)]
mod tests {
    use super::postgres;

    #[test]
    fn types_are_those_that_liquibase_writes() {
        for (written, is) in [
            ("int", "INTEGER"),
            ("BIGINT UNSIGNED", "BIGINT UNSIGNED"),
            ("INT NULL", "INTEGER"),
            ("datetime", "TIMESTAMP WITHOUT TIME ZONE"),
            ("DATETIME(6)", "TIMESTAMP(6) WITHOUT TIME ZONE"),
            ("timestamp(3) with time zone", "TIMESTAMP(3) WITH TIME ZONE"),
            ("varchar(10 CHAR)", "VARCHAR(10)"),
            ("varchar(2147483647)", "CHARACTER VARYING"),
            ("nvarchar(20)", "VARCHAR(20)"),
            ("java.sql.Types.BIT", "BOOLEAN"),
            ("bit(1)", "bit(1)"),
            ("clob", "TEXT"),
            ("BLOB", "OID"),
            ("BLOB(2000)", "OID"),
            ("number(19, 2)", "numeric(19, 2)"),
            ("varchar(5)[]", "VARCHAR(5)[]"),
            ("int[][]", "INTEGER[][]"),
            ("jsonb", "jsonb"),
            ("my_enum", "my_enum"),
        ] {
            assert_eq!(postgres(written), is);
        }
    }
}
