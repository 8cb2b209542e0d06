//! Mail, chat, telephony, push.

use super::super::format::Part::{Any, Lit, Run};
use super::super::format::set::{ALNUM, DASH, DIGIT, HEX, HEX_ANY, URL64, URL64_EQ};
use super::super::format::{BETTERLEAKS, Format, assigned, bare};

const SLACK_TYPES: &str = "https://api.slack.com/authentication/token-types?nojsmode=1";

/// The formats of this field.
pub const FORMATS: &[Format] = &[
    bare("slack-bot-token", "Slack", "bot token", &[Lit("xoxb-"), Run(DIGIT, 10, 13), Lit("-"), Run(DIGIT, 10, 13), Lit("-"), Run(DASH, 20, 60)])
        .entropy(3.0).read(SLACK_TYPES, "prefix `xoxb-`; no length, no alphabet"),
    bare("slack-user-token", "Slack", "user token", &[Any(&["xoxp-", "xoxe-"]), Run(DIGIT, 8, 14), Lit("-"), Run(DIGIT, 8, 14), Lit("-"), Run(DIGIT, 8, 14), Lit("-"), Run(ALNUM, 26, 40)])
        .entropy(2.0).read(SLACK_TYPES, "prefix `xoxp-`; no length, no alphabet"),
    bare("slack-app-token", "Slack", "app-level token", &[Lit("xapp-"), Run(DIGIT, 1, 1), Lit("-"), Run("0-9A-Z", 8, 14), Lit("-"), Run(DIGIT, 8, 14), Lit("-"), Run(ALNUM, 32, 80)])
        .entropy(2.0).read(SLACK_TYPES, "prefix `xapp-`; no length, no alphabet"),
    bare("slack-config-access-token", "Slack", "configuration access token", &[Any(&["xoxe.xoxp-", "xoxe.xoxb-"]), Run(DIGIT, 1, 1), Lit("-"), Run("0-9A-Za-z", 140, 180)])
        .entropy(2.0).scanner(BETTERLEAKS, "`xoxe.xoxp-` or `xoxe.xoxb-`, a digit, `-`, 163 to 166 of `[0-9A-Za-z]`"),
    bare("slack-config-refresh-token", "Slack", "configuration refresh token", &[Lit("xoxe-"), Run(DIGIT, 1, 1), Lit("-"), Run(ALNUM, 140, 160)])
        .entropy(2.0).scanner(BETTERLEAKS, "`xoxe-`, a digit, `-`, 146 of `[0-9A-Za-z]`"),
    bare("slack-legacy-bot-token", "Slack", "legacy bot token", &[Lit("xoxb-"), Run(DIGIT, 8, 14), Lit("-"), Run(ALNUM, 18, 26)])
        .entropy(2.0).scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/slack", "`xoxb-`, 10 to 13 digits, `-`, 10 to 13 digits, letters, digits and hyphens"),
    bare("slack-legacy-token", "Slack", "legacy token", &[Any(&["xoxs-", "xoxo-"]), Run(DIGIT, 6, 14), Lit("-"), Run(DIGIT, 6, 14), Lit("-"), Run(DIGIT, 6, 14), Lit("-"), Run(HEX_ANY, 8, 64)])
        .entropy(2.0).scanner(BETTERLEAKS, "`xoxo-` or `xoxs-`, thrice digits and `-`, hexadecimal digits"),
    bare("slack-legacy-workspace-token", "Slack", "legacy workspace token", &[Any(&["xoxa-", "xoxr-"]), Run(DASH, 10, 80)])
        .entropy(2.5).scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/slack", "`xoxa-` or `xoxr-`, 10 to 13 digits, `-`, 10 to 13 digits, letters, digits and hyphens"),
    bare("slack-webhook-url", "Slack", "incoming webhook", &[Lit("hooks.slack.com/"), Any(&["services", "workflows", "triggers"]), Lit("/"), Run("0-9A-Za-z+/", 40, 80)])
        .entropy(2.0).scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/slackwebhook", "`hooks.slack.com/services/` or `hooks.slack.com/workflows/`, ids of the team and the app, 23 to 25 of `[0-9A-Za-z]`"),
    assigned("discord-api-token", "Discord", "API key", &["discord"], &[Run(HEX_ANY, 64, 64)])
        .scanner(BETTERLEAKS, "64 of `[0-9A-Fa-f]`"),
    assigned("discord-client-id", "Discord", "client id", &["discord"], &[Run(DIGIT, 18, 18)])
        .scanner(BETTERLEAKS, "18 of `[0-9]`"),
    assigned("discord-client-secret", "Discord", "client secret", &["discord"], &[Run(URL64_EQ, 32, 32)])
        .scanner(BETTERLEAKS, "32 of `[0-9A-Za-z=_-]`"),
    bare("discord-bot-token", "Discord", "bot token", &[Any(&["M", "N", "O"]), Run(ALNUM, 23, 27), Lit("."), Run(URL64, 6, 6), Lit("."), Run(URL64, 27, 38)])
        .entropy(4.0).words(&["discord"]).read("https://github.com/discord/discord-api-docs/blob/00361fcd929e8d0ba9a1a3792d082d2aec969563/docs/Reference.md", "an example that opens with `M`, of three parts with full stops between them, of 24, 6 and 27 characters"),
    bare("discord-webhook-url", "Discord", "webhook", &[Lit("discord.com/api/webhooks/"), Run(DIGIT, 17, 20), Lit("/"), Run(URL64, 60, 70)])
        .entropy(3.5).read("https://github.com/discord/discord-api-docs/blob/c98d64bc233833839cf0d8d369e81b77f21ade60/developers/topics/oauth2.mdx", "in an example `discord.com/api/webhooks/`, 18 digits, `/`, 68 of `[0-9A-Za-z_-]`"),
    bare("microsoft-teams-webhook", "Microsoft Teams", "incoming webhook", &[Lit(".webhook.office.com/webhookb2/"), Run("0-9A-Za-z-", 36, 36), Lit("@"), Run("0-9A-Za-z-", 36, 36), Lit("/IncomingWebhook/"), Run(ALNUM, 32, 32), Lit("/"), Run("0-9A-Za-z-", 36, 36)])
        .scanner(BETTERLEAKS, "a host before `.webhook.office.com/webhookb2/`, a UUID, `@`, a UUID, `/IncomingWebhook/`, 32 of `[0-9a-z]`, `/`, a UUID"),
    assigned("telegram-bot-api-token", "Telegram", "bot API token", &["telegr"], &[Run(DIGIT, 5, 16), Lit(":A"), Run(URL64, 34, 34)])
        .scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/telegrambottoken", "8 to 10 digits, `:`, 35 of `[0-9A-Za-z_-]`"),
    bare("telegram-bot-token", "Telegram", "bot API token (standing alone)", &[Run(DIGIT, 8, 10), Lit(":AA"), Run(URL64, 33, 33)])
        .entropy(3.5).words(&[":AA"]).scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/telegrambottoken", "8 to 10 digits, `:`, 35 of `[0-9A-Za-z_-]`"),
    bare("twilio-api-key", "Twilio", "API key", &[Lit("SK"), Run(HEX, 32, 32)])
        .entropy(3.0).words(&["SK"]).read("https://github.com/twilio/twilio-oai/blob/d50069b44ea8cd23141385bdb6db48f16ff75bb5/spec/json/twilio_api_v2010.json", "`SK`, then 32 of `[0-9a-fA-F]`"),
    bare("sendgrid-api-token", "SendGrid", "API key", &[Lit("SG."), Run("0-9A-Za-z_=.-", 66, 66)])
        .words(&["SG."]).scanner(BETTERLEAKS, "`SG.`, 66 of `[0-9A-Za-z.=_-]`"),
    bare("sendinblue-api-token", "Brevo", "API key", &[Any(&["xkeysib-", "xsmtpsib-"]), Run(HEX_ANY, 64, 64), Lit("-"), Run(ALNUM, 16, 16)])
        .scanner(BETTERLEAKS, "`xkeysib-`, 64 of `[0-9A-Fa-f]`, `-`, 16 of `[0-9A-Za-z]`"),
    assigned("mailchimp-api-key", "Mailchimp", "API key", &["mailchimp"], &[Run(HEX, 32, 32), Lit("-us"), Run(DIGIT, 1, 2)])
        .scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/mailchimp", "32 of `[0-9a-f]`, `-us`, 1 to 2 digits"),
    bare("mailgun-private-api-token", "Mailgun", "private API key", &[Lit("key-"), Run(HEX, 32, 32)])
        .words(&["key-"]).scanner(BETTERLEAKS, "`key-`, 32 of `[0-9A-Fa-f]`"),
    bare("mailgun-pub-key", "Mailgun", "public validation key", &[Lit("pubkey-"), Run(HEX, 32, 32)])
        .scanner(BETTERLEAKS, "`pubkey-`, 32 of `[0-9A-Fa-f]`"),
    assigned("mailgun-signing-key", "Mailgun", "signing key", &["mailgun"], &[Run(HEX_ANY, 32, 32), Lit("-"), Run(HEX_ANY, 8, 8), Lit("-"), Run(HEX_ANY, 8, 8)])
        .scanner(BETTERLEAKS, "32 of `[0-9A-Fa-fGHgh]`, `-`, 8 of `[0-9A-Fa-fGHgh]`, `-`, 8 of `[0-9A-Fa-fGHgh]`"),
    // Narrower than the document, which gives what it scans for, not what it issues.
    bare("mailersend-api-token", "MailerSend", "API token", &[Lit("mlsn."), Run(HEX, 64, 64)])
        .entropy(3.0).read("https://github.com/mailersend/mailersend-nodejs/blob/410d24d084cf0e07fdfcf4eb152c98cb01bbf663/lefthook.yml", "`mlsn.`, then one or more of `[A-Za-z0-9._-]`"),
    bare("resend-api-key", "Resend", "API key", &[Lit("re_"), Run(ALNUM, 8, 8), Lit("_"), Run(ALNUM, 24, 24)])
        .entropy(3.5).words(&["re_"]).from("https://resend.com/docs/api-reference/introduction"),
    assigned("messagebird-api-token", "MessageBird", "API token", &["messagebird", "message_bird", "message-bird"], &[Run(ALNUM, 25, 25)])
        .scanner(BETTERLEAKS, "25 of `[0-9A-Za-z]`"),
    assigned("messagebird-client-id", "MessageBird", "client id", &["messagebird", "message_bird", "message-bird"], &[Run(HEX_ANY, 8, 8), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 12, 12)])
        .scanner(BETTERLEAKS, "8 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 12 of `[0-9A-Fa-f]`"),
    assigned("mattermost-access-token", "Mattermost", "access token", &["mattermost"], &[Run(ALNUM, 26, 26)])
        .read("https://github.com/mattermost/mattermost/blob/0c97a1ef939a17caaaf7be9f789f5b14bda7f8e0/server/public/model/user_access_token.go", "26 characters; no alphabet"),
    assigned("gitter-access-token", "Gitter", "access token", &["gitter"], &[Run(URL64, 40, 40)])
        .scanner(BETTERLEAKS, "40 of `[0-9A-Za-z_-]`"),
    assigned("intercom-api-key", "Intercom", "API key", &["intercom"], &[Run(URL64_EQ, 60, 60)])
        .scanner(BETTERLEAKS, "60 of `[0-9A-Za-z=_-]`"),
    assigned("sendbird-access-id", "Sendbird", "application id", &["sendbird"], &[Run(HEX_ANY, 8, 8), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 12, 12)])
        .scanner(BETTERLEAKS, "8 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 12 of `[0-9A-Fa-f]`"),
    assigned("sendbird-access-token", "Sendbird", "API token", &["sendbird"], &[Run(HEX_ANY, 40, 40)])
        .scanner(BETTERLEAKS, "40 of `[0-9A-Fa-f]`"),
    bare("firebase-cloud-messaging-key", "Firebase", "cloud messaging server key", &[Lit("AAAA"), Run(URL64, 7, 7), Lit(":APA91b"), Run(URL64, 134, 134)])
        .entropy(4.0).words(&[":APA91b"]).from("https://firebase.google.com/docs/cloud-messaging/auth-server"),
    bare("amazon-mws-auth-token", "Amazon MWS", "auth token", &[Lit("amzn.mws."), Run(HEX, 8, 8), Lit("-"), Run(HEX, 4, 4), Lit("-"), Run(HEX, 4, 4), Lit("-"), Run(HEX, 4, 4), Lit("-"), Run(HEX, 12, 12)])
        .entropy(3.0).from("https://developer-docs.amazon.com/sp-api/docs"),
    assigned("mandrill-api-key", "Mandrill", "API key", &["mandrill"], &[Run(URL64, 22, 22)])
        .entropy(3.0).scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/mandrill", "22 of `[0-9A-Za-z_-]`"),
    bare("onesignal-rich-authentication-token", "OneSignal", "API key", &[Lit("os_v2_"), Any(&["app", "org"]), Lit("_"), Run("a-z2-7", 103, 103)])
        .entropy(3.0).scanner(BETTERLEAKS, "`os_v2_`, `app` or `org`, `_`, 103 of `[a-z2-7]`"),
    assigned("telnyx-api-v2-key", "Telnyx", "API v2 key", &["telnyx"], &[Lit("KEY"), Run(URL64, 55, 55)])
        .entropy(2.5).scanner(BETTERLEAKS, "`KEY`, 55 of `[0-9A-Za-z_-]`"),
    assigned("klaviyo-api-key", "Klaviyo", "private API key", &["klaviyo"], &[Lit("pk_"), Run(ALNUM, 34, 34)])
        .entropy(2.5).scanner(BETTERLEAKS, "`pk_`, 34 of `[0-9A-Za-z]`"),
];
