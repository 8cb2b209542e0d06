//! The credential files: one entry a kind.

use super::field::{Field, NAMED};
use super::{
    CredentialFile, Read, command, connect, crypt, docker, header, line, login, named, url,
};
use crate::rules::ReadsOn;
use crate::rules::format::Source;

const fn entry(
    id: &'static str,
    what: &'static str,
    path: &'static str,
    keywords: &'static [&'static str],
    read: Read,
    sample: (&'static str, &'static str),
) -> CredentialFile {
    CredentialFile {
        id,
        what,
        path,
        keywords,
        read,
        sample,
        source: Source::Unread(""),
        reads_on: None,
    }
}

impl CredentialFile {
    /// Sets the page that describes the file, not opened yet.
    const fn from(mut self, url: &'static str) -> Self {
        self.source = Source::Unread(url);
        self
    }

    /// Sets the document that the entry was checked against, and what it says.
    const fn read(mut self, url: &'static str, states: &'static str) -> Self {
        self.source = Source::Read { url, states };
        self
    }

    /// Sets where it reads on below the keyword's line.
    const fn reads_on(mut self, reads_on: ReadsOn) -> Self {
        self.reads_on = Some(reads_on);
        self
    }
}

/// A name that ends in the keyword.
const ENDING: Field = Field { is_end_of_name: true, ..NAMED };
/// The same where defaults are common.
const ENDING_STRICT: Field = Field { weak_too: false, len_min: 6, ..ENDING };
/// A literal in a program.
const QUOTED: Field = Field { quoted: true, ..NAMED };
/// `name value`.
const BLANK: Field = Field { by_blank: true, ..NAMED };

/// Every kind of credential file.
#[rustfmt::skip]
pub const ALL: &[CredentialFile] = &[
    // The home directory.
    entry("netrc-password", "password in a netrc file", r"(?i)(^|/)([._]netrc(\.[\w-]+)?|\.authinfo)$",
        &["password"], Read::Field(BLANK),
        (".netrc", "machine ftp.acme.io login me password <<0-9A-Za-z*16>>\n"))
        .from("https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html"),
    entry("pgpass-password", "PostgreSQL password file entry", r"(^|/)(\.?pgpass|pgpass\.conf)$",
        &[":5432:", ":5433:", ":6432:", ":*:"], Read::Code(line::pgpass),
        (".pgpass", "db.acme.io:5432:main:me:<<0-9A-Za-z*16>>\n"))
        .from("https://www.postgresql.org/docs/current/libpq-pgpass.html"),
    entry("mysql-option-file-password", "password in a MySQL option file", r"(^|/)\.?(my|mylogin|client)\.cnf$",
        &["password"], Read::Field(NAMED), (".my.cnf", "[client]\npassword=<<0-9A-Za-z*16>>\n"))
        .from("https://dev.mysql.com/doc/refman/8.4/en/option-files.html"),
    entry("git-credential-store", "password in git's credential store", r"(^|/)\.?git-credentials$",
        &["://"], Read::Code(url::git_store),
        (".git-credentials", "https://me:<<0-9A-Za-z*16>>@git.acme.io\n"))
        .from("https://git-scm.com/docs/git-credential-store"),
    entry("mail-client-password", "password of a mail program",
        r"(^|/)(\.?(esmtp|msmtp|fetchmail|getmail|offlineimap|mbsync|isync|mutt|neomutt|mail|nail)rc|\.mutt/.*)$",
        &["password", "remotepass", "imap_pass", "smtp_pass"], Read::Field(BLANK),
        (".esmtprc", "hostname smtp.acme.io:587\npassword \"<<0-9A-Za-z*16>>\"\n"))
        .from("https://esmtp.sourceforge.net/manual.html"),
    entry("shell-profile-secret", "secret exported by a shell's start file",
        r"(^|/)\.?(bashrc|bash_profile|bash_login|bash_aliases|profile|zshrc|zprofile|zshenv|zlogin|kshrc|cshrc|tcshrc|envrc|exports|extra)$",
        SECRET_NAMES, Read::Field(Field { weak_too: false, ..ENDING }),
        (".bashrc", "export DB_PASSWORD='<<0-9A-Za-z*16>>'\n"))
        .from("https://www.gnu.org/software/bash/manual/html_node/Bash-Startup-Files.html"),
    entry("dotenv-secret", "secret in a file of environment variables",
        r"(^|/)([\w-]*\.)?(env|environment)(\.(local|prod|production|live|stage|staging|dev|development|secret|secrets))*$",
        SECRET_NAMES, Read::Field(ENDING_STRICT),
        ("deploy/.env", "DB_USERNAME=app\nDB_PASSWORD=<<0-9A-Za-z*16>>\n"))
        .from("https://12factor.net/config"),
    entry("irc-password", "password of an IRC program", r"(^|/)(config|[^/]*\.(conf|cfg|ini|env|ya?ml|toml|json|properties))$",
        &["irc_pass", "irc_password", "nickserv_pass", "nickserv_password", "sasl_password"], Read::Field(NAMED),
        ("irssi/config", "IRC_NICK=me\nIRC_PASS=<<0-9A-Za-z*16>>\n"))
        .from("https://irssi.org/documentation/settings/"),
    entry("wifi-passphrase", "passphrase of a wireless network", r"(wpa_supplicant[^/]*\.conf|\.nmconnection)$",
        &["psk", "wep-key0", "wep_key0", "leap-password"], Read::Field(NAMED),
        ("etc/wpa_supplicant.conf", "network={\n  ssid=\"office\"\n  psk=\"<<0-9A-Za-z*16>>\"\n}\n"))
        .from("https://w1.fi/cgit/hostap/plain/wpa_supplicant/wpa_supplicant.conf"),
    entry("remote-desktop-password", "password of a remote desktop", r"(?i)\.(rdp|remmina|vnc)$|(^|/)ultravnc\.ini$",
        &["password", "passwd", "password 51:b"], Read::Field(NAMED),
        ("office.remmina", "[remmina]\nserver=rdp.acme.io\npassword=<<0-9A-Za-z+/*24>>\n"))
        .from("https://remmina.org/remmina-rdp-faq/"),
    // Registries and clouds.
    entry("docker-registry-auth", "login to a container registry", "", &["\"auth\""], Read::Code(docker::auth),
        (".docker/config.json", "{\"auths\": {\"registry.acme.io\": {\"auth\": \"<<me:~0-9A-Za-z*21>>\"}}}\n"))
        .from("https://docs.docker.com/reference/cli/docker/login/"),
    entry("npmrc-auth", "login to an npm registry", r"(^|/)(\.?npmrc|\.yarnrc(\.yml)?)$",
        &["_auth", "_authtoken", "_password", "npmauthtoken", "npmauthident"], Read::Field(NAMED),
        (".npmrc", "//npm.acme.io/:_authToken=<<0-9a-f*32>>\n"))
        .from("https://docs.npmjs.com/cli/configuring-npm/npmrc"),
    entry("pypirc-password", "login to a Python package index", r"(^|/)\.?pypirc$",
        &["password"], Read::Field(NAMED),
        (".pypirc", "[pypi]\nusername: me\npassword: <<0-9A-Za-z*16>>\n"))
        .read("https://github.com/pypa/packaging.python.org/blob/55ac803ecb375f33e45de1a3f1e45cf0a4dbc6b4/source/specifications/pypirc.rst", "INI; each section of a repository has `repository`, `username` and `password`, in plain text"),
    entry("cargo-registry-token", "login to a Rust package registry", r"(^|/)\.cargo/credentials(\.toml)?$",
        &["token"], Read::Field(NAMED),
        (".cargo/credentials.toml", "[registry]\ntoken = \"<<0-9A-Za-z*32>>\"\n"))
        .from("https://doc.rust-lang.org/cargo/reference/config.html#credentials"),
    entry("gem-credentials", "login to a Ruby package index", r"(^|/)\.gem/credentials$",
        &[":rubygems_api_key"], Read::Field(NAMED),
        (".gem/credentials", "---\n:rubygems_api_key: <<0-9a-f*32>>\n"))
        .from("https://guides.rubygems.org/api-key-scopes/"),
    entry("composer-auth", "login to a PHP package repository", r"(^|/)auth\.json$",
        &["\"password\"", "\"github.com\"", "\"gitlab.com\""], Read::Field(Field { len_min: 8, ..QUOTED }),
        ("auth.json", "{\"http-basic\": {\"repo.acme.io\": {\"username\": \"me\", \"password\": \"<<0-9A-Za-z*20>>\"}}}\n"))
        .from("https://getcomposer.org/doc/articles/authentication-for-private-packages.md"),
    entry("maven-settings-password", "password in Maven's settings", r"(^|/)settings(-security)?\.xml$",
        &["<password", "<passphrase", "<master"], Read::Field(NAMED),
        (".m2/settings.xml", "<server>\n  <id>releases</id>\n  <password><<0-9A-Za-z*16>></password>\n</server>\n"))
        .from("https://maven.apache.org/settings.html"),
    entry("gradle-properties-password", "password in Gradle's properties", r"(^|/)gradle\.properties$",
        &["password", "passwd", "token", "secret"], Read::Field(ENDING_STRICT),
        ("gradle.properties", "signing.keyId=1\nsigning.password=<<0-9A-Za-z*16>>\n"))
        .from("https://docs.gradle.org/current/userguide/signing_plugin.html"),
    entry("aws-credentials-file", "secret key in an AWS credentials file", r"(?i)(^|/)(\.aws/(credentials|config)|\.?credentials|\.?boto)$",
        &["aws_secret_access_key", "aws_session_token"], Read::Field(Field { len_min: 16, ..NAMED }),
        (".aws/credentials", "[default]\naws_secret_access_key = <<0-9A-Za-z/+*40>>\n"))
        .from("https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html"),
    entry("s3cfg-secret-key", "secret key in s3cmd's configuration", r"(^|/)\.?s3cfg$",
        &["secret_key", "gpg_passphrase"], Read::Field(NAMED), (".s3cfg", "[default]\nsecret_key = <<0-9A-Za-z*40>>\n"))
        .from("https://s3tools.org/kb/item14.htm"),
    entry("rclone-password", "secret in rclone's configuration", r"(^|/)rclone\.conf$",
        &["\npass", "\nsecret_access_key", "\nclient_secret", "\ntoken", "\nkey"], Read::Field(Field { len_min: 8, ..NAMED }),
        ("rclone.conf", "[remote]\ntype = sftp\npass = <<0-9A-Za-z_-*24>>\n"))
        .from("https://rclone.org/docs/"),
    entry("kubeconfig-credential", "credential in a kubeconfig", r"(^|/)(\.kube/config|[\w.-]*kubeconfig[\w.-]*|admin\.conf)$",
        &["client-key-data", "token", "password"], Read::Field(NAMED),
        ("kubeconfig.yaml", "users:\n- name: me\n  user:\n    client-key-data: <<0-9A-Za-z*80>>\n"))
        .from("https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/"),
    entry("terraform-cli-credential", "token in Terraform's own configuration", r"(^|/)(\.terraformrc|terraform\.rc|credentials\.tfrc\.json)$",
        &["token"], Read::Field(NAMED),
        (".terraformrc", "credentials \"app.terraform.io\" {\n  token = \"<<0-9A-Za-z*40>>\"\n}\n"))
        .read("https://github.com/hashicorp/terraform/blob/52414a897895c052083e687b508947d0138cbe90/internal/command/cliconfig/testdata/credentials", "blocks `credentials \"host\"` with a field `token`"),
    entry("digitalocean-cli-token", "token in a DigitalOcean client's configuration", r"(^|/)(\.tugboat|doctl/config\.ya?ml|digital_?ocean[\w-]*\.ya?ml)$",
        &["api_key", "access-token", "access_token", "api_token"], Read::Field(NAMED),
        (".tugboat", "authentication:\n  client_key: me\n  api_key: <<0-9a-f*32>>\n"))
        .from("https://docs.digitalocean.com/reference/doctl/reference/"),
    entry("heroku-credential-file", "Heroku key in a file of its own", r"(^|/)heroku[\w-]*\.(json|ya?ml)$",
        &["heroku_api_key", "api_key", "api_token"], Read::Field(NAMED),
        ("heroku.json", "{\"HEROKU_API_KEY\": \"<<0-9a-f*32>>\"}\n"))
        .from("https://devcenter.heroku.com/articles/authentication"),
    entry("github-cli-token", "token in a GitHub client's configuration", r"(^|/)(hub|gh/hosts\.ya?ml|hosts\.ya?ml)$",
        &["oauth_token"], Read::Field(Field { len_min: 16, ..NAMED }),
        (".config/hub", "github.com:\n- user: me\n  oauth_token: <<0-9a-f*40>>\n"))
        .from("https://hub.github.com/hub.1.html"),
    entry("azure-publish-settings-password", "password in an Azure publish profile", r"(?i)\.publishsettings$",
        &["userpwd"], Read::Field(QUOTED),
        ("site.PublishSettings", "<publishProfile userName=\"$site\" userPWD=\"<<0-9A-Za-z*60>>\" />\n"))
        .from("https://learn.microsoft.com/visualstudio/deployment/tutorial-import-publish-settings-azure"),
    // Editors and clients that upload.
    entry("ftp-client-password", "password of an editor that uploads files",
        r"(^|/)(sftp-config(-alt\d?)?\.json|\.ftpconfig|\.ftppass|\.?remote-?sync\.json|deployment-config\.json|\.?ftp-(sync|simple|kr)\.json|\.ftp-deploy\.json|(\.vscode/)?sftp\.json)$",
        &["\"password\"", "\"pass\"", "\"passphrase\""], Read::Field(QUOTED),
        (".vscode/sftp.json", "{\"host\": \"acme.io\", \"username\": \"me\", \"password\": \"<<0-9A-Za-z*16>>\"}\n"))
        .from("https://github.com/Natizyskunk/vscode-sftp/wiki/configuration"),
    entry("filezilla-password", "password in FileZilla's settings", r"(?i)(^|/)(filezilla|sitemanager|recentservers)[^/]*\.xml$",
        &["<pass"], Read::Field(NAMED),
        ("filezilla/sitemanager.xml", "<Server>\n<User>me</User>\n<Pass encoding=\"base64\"><<0-9A-Za-z*24>></Pass>\n</Server>\n"))
        .from("https://wiki.filezilla-project.org/Command-line_arguments_(Client)"),
    entry("jetbrains-server-password", "password in a JetBrains project", r"(^|/)(webServers|WebServers|dataSources[\w.]*|deployment)\.xml$",
        &["password", "passphrase"], Read::Field(QUOTED),
        (".idea/webServers.xml", "<fileTransfer host=\"acme.io\" port=\"21\" password=\"<<0-9a-f*48>>\" username=\"me\">\n"))
        .from("https://www.jetbrains.com/help/idea/deploying-applications.html"),
    entry("database-client-password", "password of a database client", r"(?i)(^|/)([\w.-]*dbeaver[\w.-]*|data-sources|robomongo|robo3t|pgadmin|servers)\.(xml|json)$",
        &["password", "userpassword", "sshuserpassword", "sshpassphrase"], Read::Field(QUOTED),
        ("dbeaver-data-sources.xml", "<connection host=\"db.acme.io\" user=\"me\" password=\"<<0-9A-Za-z*16>>\"/>\n"))
        .from("https://dbeaver.com/docs/dbeaver/Security-in-DBeaver-PRO/"),
    entry("firefox-login", "login kept by Firefox", r"(^|/)logins(-backup)?\.json$",
        &["encryptedusername", "encryptedpassword"], Read::Field(Field { len_min: 16, ..QUOTED }),
        ("firefox/logins.json", "{\"encryptedPassword\": \"MDoEEPgA<<0-9A-Za-z*40>>\"}\n"))
        .from("https://firefox-source-docs.mozilla.org/toolkit/components/passwordmgr/index.html"),
    // Servers and applications.
    entry("wordpress-secret", "secret in WordPress' configuration", r"(^|/)wp-config[^/]*\.php$",
        &["auth_key", "secure_auth_key", "logged_in_key", "nonce_key", "auth_salt", "secure_auth_salt", "logged_in_salt", "nonce_salt", "db_password"],
        Read::Field(QUOTED), ("wp-config.php", "define( 'AUTH_KEY', '<<0-9A-Za-z*64>>' );\n"))
        .read("https://github.com/WordPress/WordPress/blob/03a9269b113f2a3fbe30eddf395e90612bec1cd5/wp-config-sample.php", "`define('DB_PASSWORD', '...')`, and a secret key likewise; later versions have eight keys and salts"),
    entry("php-database-password", "database password in PHP", r"(?i)\.(php|inc)$",
        &["dbpasswd", "dbpass", "dbpassword", "db_passwd", "db_pass", "db_pwd", "database_password"],
        Read::Field(Field { weak_too: false, ..QUOTED }),
        ("config.php", "<?php\n$dbpasswd = '<<0-9A-Za-z*16>>';\n"))
        .from("https://www.php.net/manual/en/mysqli.construct.php"),
    entry("django-secret-key", "secret key of a Django site", r"(?i)(^|/)[^/]*(settings|config|secrets?)[^/]*\.py$|(^|/)settings/[^/]*\.py$",
        &["secret_key"], Read::Code(line::django),
        ("site/settings.py", "SECRET_KEY = '<<0-9A-Za-z!@#*50>>'\n"))
        .from("https://docs.djangoproject.com/en/stable/ref/settings/#secret-key"),
    entry("rails-secret-key-base", "secret key base of a Rails application", r"\.(ya?ml|rb|env)$",
        &["secret_key_base", "secret_token"], Read::Code(line::rails),
        ("config/secrets.yml", "production:\n  secret_key_base: <<0-9a-f*128>>\n"))
        .from("https://guides.rubyonrails.org/security.html#environmental-security"),
    entry("rails-master-key", "key to a Rails application's credentials", r"(^|/)config/(master|credentials/[\w-]+)\.key$",
        &[], Read::Path, ("config/master.key", "x\n"))
        .from("https://guides.rubyonrails.org/security.html#custom-credentials"),
    entry("ventrilo-password", "password of a Ventrilo server", r"(^|/)ventrilo_srv\.ini$",
        &["adminpassword", "password"], Read::Field(NAMED), ("ventrilo_srv.ini", "[Server]\nAdminPassword=<<0-9A-Za-z*16>>\n"))
        .from("http://www.ventrilo.com/setup.php"),
    entry("tomcat-user-password", "password of a Tomcat user", r"(^|/)tomcat-users\.xml$",
        &["password"], Read::Field(Field { weak_too: false, ..QUOTED }), ("conf/tomcat-users.xml", "<user username=\"me\" password=\"<<0-9A-Za-z*16>>\" roles=\"manager-gui\"/>\n"))
        .from("https://tomcat.apache.org/tomcat-10.1-doc/realm-howto.html"),
    entry("jenkins-encrypted-secret", "secret of a Jenkins controller", "", &["{aqaaab"], Read::Code(line::jenkins),
        ("credentials.xml", "<password>{AQAAABAAAAAw<<0-9A-Za-z*63>>=}</password>\n"))
        .from("https://www.jenkins.io/doc/developer/security/secrets/"),
    // Hashes of passwords.
    entry("password-file-hash", "password hash in a file of users", "",
        &["$2a$", "$2b$", "$2y$", ":$apr1$", ":$1$", ":$5$", ":$6$", ":$y$"], Read::Code(crypt::in_password_file),
        ("etc/shadow", "me:$6$<<0-9A-Za-z*8>>$<<0-9A-Za-z*86>>:19000:0:99999:7:::\n"))
        .from("https://man7.org/linux/man-pages/man5/crypt.5.html"),
    entry("sql-password-hash", "password hash in a dump of a database", r"(?i)\.(sql|dump|pgdump|mysql)$",
        &["$2a$", "$2b$", "$2y$", "'$6$", "'$5$", "'$1$"], Read::Code(crypt::in_dump),
        ("dump.sql", "INSERT INTO users VALUES (1, 'me', '$2y$12$<<0-9A-Za-z*53>>', 1);\n"))
        .from("https://man7.org/linux/man-pages/man5/crypt.5.html"),
    // Lines of any file.
    entry("url-password", "password in a URL", "", &["://"], Read::Code(url::userinfo),
        ("settings.ini", "url = mongodb://app:<<0-9A-Za-z*16>>@db.acme.io:27017/main\n"))
        .from("https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1"),
    entry("jdbc-password", "password in a JDBC address", "", &["jdbc:"], Read::Code(url::jdbc),
        ("settings.ini", "url = jdbc:postgresql://db.acme.io/main?user=app&password=<<0-9A-Za-z*16>>\n"))
        .from("https://jdbc.postgresql.org/documentation/use/"),
    entry("connection-string-password", "password in a connection string", "", &["password=", "pwd="], Read::Code(url::connection_string),
        ("settings.ini", "db = \"Server=db.acme.io;User Id=app;Password=<<0-9A-Za-z*16>>;\"\n"))
        .from("https://learn.microsoft.com/dotnet/framework/data/adonet/connection-string-syntax"),
    entry("login-call-password", "password in a login call", "", &[".login("], Read::Call(login::call),
        ("app.js", "conn.login('me@acme.io', '<<0-9A-Za-z*16>>', done);\n"))
        .from("https://jsforce.github.io/document/"),
    entry("connect-call-password", "password in a call that connects", "", &["getconnection(", "new pdo(", "dbi->connect("], Read::Code(connect::call),
        ("Main.java", "DriverManager.getConnection(\"jdbc:mysql://db.acme.io/main\", \"app\", \"<<0-9A-Za-z*16>>\");\n"))
        .from("https://docs.oracle.com/javase/tutorial/jdbc/basics/connecting.html"),
    entry("go-mysql-password", "password in an address of Go's MySQL driver", "", &["@tcp("], Read::Code(connect::go_mysql),
        ("main.go", "sql.Open(\"mysql\", \"app:<<0-9A-Za-z*16>>@tcp(db.acme.io:3306)/main\")\n"))
        .from("https://github.com/go-sql-driver/mysql#dsn-data-source-name"),
    entry("otpauth-seed", "seed of one-time passwords", "", &["otpauth://"], Read::Code(connect::otp_seed),
        ("settings.ini", "url = otpauth://totp/Acme:me?secret=<<2-7A-Z*32>>&issuer=Acme\n"))
        .from("https://github.com/google/google-authenticator/wiki/Key-Uri-Format"),
    entry("command-password", "password given to a command", "", command::KEYWORDS, Read::Call(command::password),
        ("deploy.sh", "mysqldump -u app -p'<<0-9A-Za-z*16>>' main > main.sql\n"))
        .reads_on(command::reads_on)
        .from("https://dev.mysql.com/doc/refman/8.4/en/password-security-user.html"),
    entry("environment-password", "password given to a command by its environment", "", &["pgpassword=", "mysql_pwd=", "sshpass=", "rediscli_auth="],
        Read::Field(ENDING_STRICT), ("deploy.sh", "MYSQL_PWD=<<0-9A-Za-z*16>> mysql -u app main\n"))
        .from("https://www.postgresql.org/docs/current/libpq-envars.html"),
    entry("basic-auth-header", "user and password in a header, which base 64 does not hide", "", &["basic "], Read::Code(header::basic),
        ("api.http", "GET https://acme.io/\nAuthorization: Basic <<app:~0-9A-Za-z*20>>\n"))
        .from("https://www.rfc-editor.org/rfc/rfc7617"),
    entry("bearer-auth-header", "token in a header", "", &["bearer "], Read::Code(header::bearer),
        ("api.http", "GET https://acme.io/\nAuthorization: Bearer <<0-9a-f*40>>\n"))
        .from("https://www.rfc-editor.org/rfc/rfc6750"),
    entry("named-value-secret", "secret in a pair of a name and a value", "", &["password", "passwd", "secret", "token", "api_key", "apikey"], Read::Code(named::pair),
        ("deploy/pod.yaml", "env:\n  - name: DB_PASSWORD\n    value: <<0-9A-Za-z*16>>\n"))
        .from("https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/"),
    entry("redis-configuration-password", "password in Redis' configuration", r"(?i)(^|/)[\w.-]*(redis|sentinel|valkey)[\w.-]*\.conf$",
        &["requirepass", "masterauth", "sentinel auth-pass"], Read::Field(Field { by_blank: true, ..ENDING_STRICT }),
        ("redis.conf", "requirepass <<0-9A-Za-z*16>>\n"))
        .from("https://redis.io/docs/latest/operate/oss_and_stack/management/security/"),
    entry("dockerfile-env-secret", "secret that an image's environment holds", r"(?i)(^|/)([\w.-]*\.)?(docker|container)file([._-][\w.-]*)?$",
        &["password", "passwd", "secret", "token", "_key"], Read::Code(line::docker_env),
        ("Dockerfile", "FROM scratch\nENV DB_PASSWORD <<0-9A-Za-z*16>>\n"))
        .from("https://docs.docker.com/reference/dockerfile/#env"),
    entry("azure-sas-signature", "signature of an address in Azure's storage", "", &["sig="], Read::Code(url::azure_sas),
        ("settings.ini", "url = https://acme.blob.core.windows.net/a?sv=2022-11-02&sr=c&sp=r&sig=<<0-9A-Za-z*43>>%3D\n"))
        .from("https://learn.microsoft.com/rest/api/storageservices/create-service-sas"),
    entry("odbc-password", "password in an ODBC data source", r"(?i)(^|/)\.?odbc(inst)?\.ini$|\.dsn$",
        &["password", "pwd"], Read::Field(Field { weak_too: false, ..NAMED }),
        ("odbc.ini", "[main]\nUID=app\nPWD=<<0-9A-Za-z*16>>\n"))
        .from("https://learn.microsoft.com/sql/odbc/reference/develop-app/connection-strings"),
    entry("cifs-credentials", "password of a network share", r"(^|/)fstab$|(?i)(^|/)\.?(smb|cifs)[\w-]*(\.?cred(entials|s)?)?$",
        &["password="], Read::Code(line::mount), ("etc/fstab", "//nas.acme.io/a /mnt cifs username=me,password=<<0-9A-Za-z*16>>,uid=1 0 0\n"))
        .from("https://manpages.debian.org/mount.cifs"),
    // Files that are secrets as a whole.
    entry("password-database", "database of a password manager", r"(?i)\.(kdbx?|psafe3|agilekeychain|opvault|keychain-db)$",
        &[], Read::Path, ("office.kdbx", "x\n"))
        .from("https://keepass.info/help/kb/kdbx.html"),
    entry("ansible-vault-password-file", "password of an Ansible vault", r"(^|/)\.?vault[-_]?pass(word)?(\.txt)?$",
        &[], Read::Path, (".vault_pass", "x\n"))
        .from("https://docs.ansible.com/ansible/latest/vault_guide/vault_managing_passwords.html"),
];

/// Ends of the names of variables that hold a secret.
const SECRET_NAMES: &[&str] = &[
    "password=",
    "passwd=",
    "passphrase=",
    "_pass=",
    "_pwd=",
    "_secret=",
    "_token=",
    "api_key=",
    "apikey=",
    "access_key=",
    "secret_key=",
    "private_key=",
    "encryption_key=",
    "app_key=",
];
