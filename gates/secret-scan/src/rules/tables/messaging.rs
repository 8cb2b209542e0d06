//! Mail, chat, telephony, push.

use super::super::format::Part::{Any, Lit, Run};
use super::super::format::set::{ALNUM, DASH, DIGIT, HEX, HEX_ANY, URL64, URL64_EQ};
use super::super::format::{Format, assigned, bare};

const SLACK: &str = "https://docs.slack.dev/authentication/tokens";
const SLACK_TYPES: &str = "https://api.slack.com/authentication/token-types?nojsmode=1";
const MAILGUN: &str = "https://documentation.mailgun.com/docs/mailgun/api-reference/authentication";

/// The formats of this field.
pub const FORMATS: &[Format] = &[
    bare("slack-bot-token", "Slack", "bot token", &[Lit("xoxb-"), Run(DIGIT, 10, 13), Lit("-"), Run(DIGIT, 10, 13), Lit("-"), Run(DASH, 20, 60)])
        .entropy(3.0).read(SLACK_TYPES, "prefix `xoxb-`; no length, no alphabet"),
    bare("slack-user-token", "Slack", "user token", &[Any(&["xoxp-", "xoxe-"]), Run(DIGIT, 8, 14), Lit("-"), Run(DIGIT, 8, 14), Lit("-"), Run(DIGIT, 8, 14), Lit("-"), Run(ALNUM, 26, 40)])
        .entropy(2.0).read(SLACK_TYPES, "prefix `xoxp-`; no length, no alphabet"),
    bare("slack-app-token", "Slack", "app-level token", &[Lit("xapp-"), Run(DIGIT, 1, 1), Lit("-"), Run("0-9A-Z", 8, 14), Lit("-"), Run(DIGIT, 8, 14), Lit("-"), Run(ALNUM, 32, 80)])
        .entropy(2.0).read(SLACK_TYPES, "prefix `xapp-`; no length, no alphabet"),
    bare("slack-config-access-token", "Slack", "configuration access token", &[Any(&["xoxe.xoxp-", "xoxe.xoxb-"]), Run(DIGIT, 1, 1), Lit("-"), Run("0-9A-Za-z", 140, 180)])
        .entropy(2.0).from(SLACK),
    bare("slack-config-refresh-token", "Slack", "configuration refresh token", &[Lit("xoxe-"), Run(DIGIT, 1, 1), Lit("-"), Run(ALNUM, 140, 160)])
        .entropy(2.0).from(SLACK),
    bare("slack-legacy-bot-token", "Slack", "legacy bot token", &[Lit("xoxb-"), Run(DIGIT, 8, 14), Lit("-"), Run(ALNUM, 18, 26)])
        .entropy(2.0).from(SLACK),
    bare("slack-legacy-token", "Slack", "legacy token", &[Any(&["xoxs-", "xoxo-"]), Run(DIGIT, 6, 14), Lit("-"), Run(DIGIT, 6, 14), Lit("-"), Run(DIGIT, 6, 14), Lit("-"), Run(HEX_ANY, 8, 64)])
        .entropy(2.0).from(SLACK),
    bare("slack-legacy-workspace-token", "Slack", "legacy workspace token", &[Any(&["xoxa-", "xoxr-"]), Run(DASH, 10, 80)])
        .entropy(2.5).from(SLACK),
    bare("slack-webhook-url", "Slack", "incoming webhook", &[Lit("hooks.slack.com/"), Any(&["services", "workflows", "triggers"]), Lit("/"), Run("0-9A-Za-z+/", 40, 80)])
        .entropy(2.0).from("https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks"),
    assigned("discord-api-token", "Discord", "API key", &["discord"], &[Run(HEX_ANY, 64, 64)])
        .from("https://discord.com/developers/docs/reference#authentication"),
    assigned("discord-client-id", "Discord", "client id", &["discord"], &[Run(DIGIT, 18, 18)])
        .from("https://discord.com/developers/docs/topics/oauth2"),
    assigned("discord-client-secret", "Discord", "client secret", &["discord"], &[Run(URL64_EQ, 32, 32)])
        .from("https://discord.com/developers/docs/topics/oauth2"),
    bare("discord-bot-token", "Discord", "bot token", &[Any(&["M", "N", "O"]), Run(ALNUM, 23, 27), Lit("."), Run(URL64, 6, 6), Lit("."), Run(URL64, 27, 38)])
        .entropy(4.0).words(&["discord"]).read("https://github.com/discord/discord-api-docs/blob/00361fcd929e8d0ba9a1a3792d082d2aec969563/docs/Reference.md", "an example that opens with `M`, of three parts with full stops between them, of 24, 6 and 27 characters"),
    bare("discord-webhook-url", "Discord", "webhook", &[Lit("discord.com/api/webhooks/"), Run(DIGIT, 17, 20), Lit("/"), Run(URL64, 60, 70)])
        .entropy(3.5).from("https://discord.com/developers/docs/resources/webhook"),
    bare("microsoft-teams-webhook", "Microsoft Teams", "incoming webhook", &[Lit(".webhook.office.com/webhookb2/"), Run("0-9A-Za-z-", 36, 36), Lit("@"), Run("0-9A-Za-z-", 36, 36), Lit("/IncomingWebhook/"), Run(ALNUM, 32, 32), Lit("/"), Run("0-9A-Za-z-", 36, 36)])
        .from("https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook"),
    assigned("telegram-bot-api-token", "Telegram", "bot API token", &["telegr"], &[Run(DIGIT, 5, 16), Lit(":A"), Run(URL64, 34, 34)])
        .from("https://core.telegram.org/bots/api#authorizing-your-bot"),
    bare("telegram-bot-token", "Telegram", "bot API token (standing alone)", &[Run(DIGIT, 8, 10), Lit(":AA"), Run(URL64, 33, 33)])
        .entropy(3.5).words(&[":AA"]).from("https://core.telegram.org/bots/api#authorizing-your-bot"),
    bare("twilio-api-key", "Twilio", "API key", &[Lit("SK"), Run(HEX, 32, 32)])
        .entropy(3.0).words(&["SK"]).from("https://www.twilio.com/docs/iam/api-keys"),
    bare("sendgrid-api-token", "SendGrid", "API key", &[Lit("SG."), Run("0-9A-Za-z_=.-", 66, 66)])
        .words(&["SG."]).from("https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys"),
    bare("sendinblue-api-token", "Brevo", "API key", &[Any(&["xkeysib-", "xsmtpsib-"]), Run(HEX_ANY, 64, 64), Lit("-"), Run(ALNUM, 16, 16)])
        .from("https://developers.brevo.com/docs/getting-started"),
    assigned("mailchimp-api-key", "Mailchimp", "API key", &["mailchimp"], &[Run(HEX, 32, 32), Lit("-us"), Run(DIGIT, 1, 2)])
        .from("https://mailchimp.com/developer/marketing/guides/quick-start/"),
    bare("mailgun-private-api-token", "Mailgun", "private API key", &[Lit("key-"), Run(HEX, 32, 32)])
        .words(&["key-"]).from(MAILGUN),
    bare("mailgun-pub-key", "Mailgun", "public validation key", &[Lit("pubkey-"), Run(HEX, 32, 32)])
        .from(MAILGUN),
    assigned("mailgun-signing-key", "Mailgun", "signing key", &["mailgun"], &[Run(HEX_ANY, 32, 32), Lit("-"), Run(HEX_ANY, 8, 8), Lit("-"), Run(HEX_ANY, 8, 8)])
        .from(MAILGUN),
    // Narrower than the document, which gives what it scans for, not what it issues.
    bare("mailersend-api-token", "MailerSend", "API token", &[Lit("mlsn."), Run(HEX, 64, 64)])
        .entropy(3.0).read("https://github.com/mailersend/mailersend-nodejs/blob/410d24d084cf0e07fdfcf4eb152c98cb01bbf663/lefthook.yml", "`mlsn.`, then one or more of `[A-Za-z0-9._-]`"),
    bare("resend-api-key", "Resend", "API key", &[Lit("re_"), Run(ALNUM, 8, 8), Lit("_"), Run(ALNUM, 24, 24)])
        .entropy(3.5).words(&["re_"]).from("https://resend.com/docs/api-reference/introduction"),
    assigned("messagebird-api-token", "MessageBird", "API token", &["messagebird", "message_bird", "message-bird"], &[Run(ALNUM, 25, 25)])
        .from("https://developers.messagebird.com/api/#authentication"),
    assigned("messagebird-client-id", "MessageBird", "client id", &["messagebird", "message_bird", "message-bird"], &[Run(HEX_ANY, 8, 8), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 12, 12)])
        .from("https://developers.messagebird.com/api/#authentication"),
    assigned("mattermost-access-token", "Mattermost", "access token", &["mattermost"], &[Run(ALNUM, 26, 26)])
        .read("https://github.com/mattermost/mattermost/blob/0c97a1ef939a17caaaf7be9f789f5b14bda7f8e0/server/public/model/user_access_token.go", "26 characters; no alphabet"),
    assigned("gitter-access-token", "Gitter", "access token", &["gitter"], &[Run(URL64, 40, 40)])
        .from("https://developer.gitter.im/docs/authentication"),
    assigned("intercom-api-key", "Intercom", "API key", &["intercom"], &[Run(URL64_EQ, 60, 60)])
        .from("https://developers.intercom.com/docs/build-an-integration/learn-more/authentication"),
    assigned("sendbird-access-id", "Sendbird", "application id", &["sendbird"], &[Run(HEX_ANY, 8, 8), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 12, 12)])
        .from("https://sendbird.com/docs/chat/platform-api/v3/prepare-to-use-api"),
    assigned("sendbird-access-token", "Sendbird", "API token", &["sendbird"], &[Run(HEX_ANY, 40, 40)])
        .from("https://sendbird.com/docs/chat/platform-api/v3/prepare-to-use-api"),
    bare("firebase-cloud-messaging-key", "Firebase", "cloud messaging server key", &[Lit("AAAA"), Run(URL64, 7, 7), Lit(":APA91b"), Run(URL64, 134, 134)])
        .entropy(4.0).words(&[":APA91b"]).from("https://firebase.google.com/docs/cloud-messaging/auth-server"),
    bare("amazon-mws-auth-token", "Amazon MWS", "auth token", &[Lit("amzn.mws."), Run(HEX, 8, 8), Lit("-"), Run(HEX, 4, 4), Lit("-"), Run(HEX, 4, 4), Lit("-"), Run(HEX, 4, 4), Lit("-"), Run(HEX, 12, 12)])
        .entropy(3.0).from("https://developer-docs.amazon.com/sp-api/docs"),
    assigned("mandrill-api-key", "Mandrill", "API key", &["mandrill"], &[Run(URL64, 22, 22)])
        .entropy(3.0).from("https://mailchimp.com/developer/transactional/guides/quick-start/"),
];
