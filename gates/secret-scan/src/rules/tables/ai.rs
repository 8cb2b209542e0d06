//! Models and their platforms.

use super::super::format::Part::{Any, Lit, Run};
use super::super::format::set::{ALNUM, BASE64, HEX_ANY, LOWER, UPPER, URL64, WORD};
use super::super::format::{BETTERLEAKS, Format, assigned, bare};

/// The formats of this field.
pub const FORMATS: &[Format] = &[
    bare("openai-api-key", "OpenAI", "API key", &[Any(&["sk-proj-", "sk-svcacct-", "sk-admin-", "sk-"]), Run(URL64, 20, 74), Lit("T3BlbkFJ"), Run(URL64, 20, 74)])
        .entropy(3.0).scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/openai", "`sk-`, with `proj-` or `svcacct-` or `service-` or nothing, characters, `T3BlbkFJ`, characters, no lengths"),
    bare("anthropic-api-key", "Anthropic", "API key", &[Lit("sk-ant-api03-"), Run(URL64, 93, 93), Lit("AA")])
        .entropy(3.0).read("https://platform.claude.com/docs/de/get-api-key", "the key begins with `sk-ant-`, in an example with `sk-ant-api03-`; no length"),
    bare("anthropic-admin-api-key", "Anthropic", "Admin API key", &[Lit("sk-ant-admin01-"), Run(URL64, 93, 93), Lit("AA")])
        .entropy(3.0).scanner(BETTERLEAKS, "`sk-ant-admin01-`, 93 of `[0-9A-Za-z_-]`, `AA`"),
    bare("huggingface-access-token", "Hugging Face", "access token", &[Lit("hf_"), Run("A-Za-z", 34, 34)])
        .entropy(3.0).words(&["hf_"]).read("https://github.com/huggingface/hub-docs/blob/0708226c083faee67f9aab52da9f499e6a8e390d/docs/hub/security-tokens.md", "prefix `hf_`, in an example; no length, no alphabet"),
    bare("huggingface-organization-api-token", "Hugging Face", "organization API token", &[Lit("api_org_"), Run("A-Za-z", 34, 34)])
        .entropy(3.0).scanner(BETTERLEAKS, "`api_org_`, 34 of `[a-z]`"),
    assigned("cohere-api-token", "Cohere", "API key", &["cohere", "co_api_key"], &[Run(ALNUM, 40, 40)])
        .entropy(4.0).scanner(BETTERLEAKS, "40 of `[0-9A-Za-z]`"),
    bare("perplexity-api-key", "Perplexity", "API key", &[Lit("pplx-"), Run(ALNUM, 48, 48)])
        .entropy(4.0).scanner(BETTERLEAKS, "`pplx-`, 48 of `[0-9A-Za-z]`"),
    assigned("privateai-api-token", "Private AI", "API key", &["privateai", "private_ai", "private-ai"], &[Run(ALNUM, 32, 32)])
        .entropy(3.0).scanner(BETTERLEAKS, "32 of `[0-9a-z]`"),
    bare("groq-api-key", "Groq", "API key", &[Lit("gsk_"), Run(ALNUM, 52, 52)])
        .entropy(3.5).scanner(BETTERLEAKS, "`gsk_`, 52 of `[0-9A-Za-z]`"),
    bare("replicate-api-token", "Replicate", "API token", &[Lit("r8_"), Run(ALNUM, 37, 37)])
        .entropy(3.5).scanner(BETTERLEAKS, "`r8_`, 37 of `[0-9A-Za-z]`"),
    bare("xai-api-key", "xAI", "API key", &[Lit("xai-"), Run(URL64, 70, 120)])
        .entropy(3.5).scanner(BETTERLEAKS, "`xai-`, 70 to 120 of `[0-9A-Za-z_-]`"),
    bare("fireworks-api-key", "Fireworks AI", "API key", &[Lit("fw_"), Run(ALNUM, 22, 24)])
        .entropy(3.5).from("https://docs.fireworks.ai/api-reference/introduction"),
    bare("langfuse-secret-key", "Langfuse", "secret key", &[Lit("sk-lf-"), Run("0-9a-f-", 36, 36)])
        .entropy(3.0).read("https://github.com/langfuse/langfuse/blob/01388fbf4181a67e3083db72f736074d31913525/packages/shared/src/server/auth/apiKeys.ts", "`sk-lf-`, then a random UUID"),
    bare("langsmith-api-key", "LangSmith", "API key", &[Any(&["lsv2_pt_", "lsv2_sk_"]), Run("0-9a-f", 32, 32), Lit("_"), Run("0-9a-f", 10, 10)])
        .entropy(3.0).read("https://github.com/langchain-ai/docs/blob/7df7f3077ed710a8e250bba72af849134c3254b5/src/langsmith/administration-overview.mdx", "prefix `lsv2_pt_` for a personal access token, `lsv2_sk_` for a service key; no length, no alphabet"),
    bare("openrouter-api-key", "OpenRouter", "API key", &[Lit("sk-or-v1-"), Run("0-9a-f", 64, 64)])
        .entropy(3.0).scanner(BETTERLEAKS, "`sk-or-v1-`, 64 of `[0-9A-Fa-f]`"),
    bare("nvidia-api-key", "NVIDIA", "API key", &[Lit("nvapi-"), Run(URL64, 60, 70)])
        .entropy(3.5).scanner(BETTERLEAKS, "`nvapi-`, 60 to 70 of `[0-9A-Za-z_-]`"),
    bare("tavily-api-key", "Tavily", "API key", &[Lit("tvly-"), Any(&["dev-", "prod-", ""]), Run(ALNUM, 32, 32)])
        .entropy(3.5).words(&["tvly-"]).from("https://docs.tavily.com/documentation/api-reference/introduction"),
    assigned("deepgram-api-key", "Deepgram", "API key", &["deepgram"], &[Run("0-9a-f", 40, 40)])
        .scanner(BETTERLEAKS, "40 of `[0-9A-Fa-f]`"),
    assigned("elevenlabs-api-key", "ElevenLabs", "API key", &["elevenlabs", "xi-api-key", "xi_api_key"], &[Any(&["sk_", ""]), Run("0-9a-f", 32, 48)])
        .scanner(BETTERLEAKS, "`sk_`, 48 of `[0-9A-Fa-f]`"),
    assigned("mistral-api-key", "Mistral AI", "API key", &["mistral"], &[Run(ALNUM, 32, 32)])
        .entropy(3.5).scanner(BETTERLEAKS, "32 of `[0-9A-Za-z]`"),
    assigned("assemblyai-api-key", "AssemblyAI", "API key", &["assemblyai"], &[Run(LOWER, 32, 32)])
        .scanner(BETTERLEAKS, "32 of `[0-9A-Za-z]`"),
    bare("cerebras-api-key", "Cerebras", "API key", &[Lit("csk-"), Run(ALNUM, 48, 48)])
        .entropy(3.0).scanner(BETTERLEAKS, "`csk-`, 48 of `[0-9A-Za-z]`"),
    bare("minimax-api-key", "MiniMax", "API key", &[Lit("sk-api-"), Run(URL64, 119, 119)])
        .entropy(3.0).scanner(BETTERLEAKS, "`sk-api-`, 119 of `[0-9A-Za-z_-]`"),
    bare("togetherai-api-key", "Together AI", "API key", &[Lit("tgp_v1_"), Run(URL64, 43, 43)])
        .entropy(3.0).scanner(BETTERLEAKS, "`tgp_v1_`, 43 of `[0-9A-Za-z_-]`"),
    bare("wandb-api-key-v1", "Weights & Biases", "API key with prefix", &[Lit("wandb_v1_"), Run(WORD, 77, 77)])
        .entropy(3.0).scanner(BETTERLEAKS, "`wandb_v1_`, 77 of `[0-9A-Za-z_]`"),
    assigned("wandb-api-key", "Weights & Biases", "API key", &["wandb", "weightsandbiases"], &[Run(HEX_ANY, 40, 40)])
        .entropy(2.5).scanner(BETTERLEAKS, "40 of `[0-9A-Fa-f]`"),
    assigned("deepseek-api-key", "DeepSeek", "API key", &["deepseek"], &[Lit("sk-"), Run(HEX_ANY, 32, 32)])
        .entropy(2.5).scanner(BETTERLEAKS, "`sk-`, 32 of `[0-9A-Fa-f]`"),
    assigned("kimi-api-key", "Moonshot", "API key", &["kimi", "moonshot"], &[Lit("sk-"), Run(URL64, 48, 48)])
        .entropy(2.5).scanner(BETTERLEAKS, "`sk-`, 48 of `[0-9A-Za-z_-]`"),
    assigned("ollama-api-key", "Ollama", "API key", &["ollama"], &[Run(HEX_ANY, 32, 32), Lit("."), Run(URL64, 24, 24)])
        .entropy(2.5).scanner(BETTERLEAKS, "32 of `[0-9A-Fa-f]`, `.`, 24 of `[0-9A-Za-z_-]`"),
    assigned("stability-ai-api-key", "Stability AI", "API key", &["stability"], &[Lit("sk-"), Run(ALNUM, 48, 48)])
        .entropy(2.5).scanner(BETTERLEAKS, "`sk-`, 48 of `[0-9A-Za-z]`"),
    assigned("cursor-api-key", "Cursor", "API key", &["cursor"], &[Lit("key_"), Run(HEX_ANY, 64, 64)])
        .entropy(2.5).scanner(BETTERLEAKS, "`key_`, 64 of `[0-9A-Fa-f]`"),
    assigned("zai-api-key", "Z.ai", "API key", &["z_ai", "zai_api", "zhipu"], &[Run(HEX_ANY, 32, 32), Lit("."), Run(ALNUM, 16, 16)])
        .entropy(2.5).scanner(BETTERLEAKS, "32 of `[0-9A-Fa-f]`, `.`, 16 of `[0-9A-Za-z]`"),
    bare("devin-service-user-token", "Devin", "service user token", &[Lit("cog_"), Run("a-z2-7", 52, 52)])
        .entropy(3.0).scanner(BETTERLEAKS, "`cog_`, 52 of `[a-z2-7]`"),
    bare("devin-personal-api-key", "Devin", "personal API key", &[Lit("apk_user_"), Run(BASE64, 120, 180), Run("=", 0, 2)])
        .entropy(3.0).scanner(BETTERLEAKS, "`apk_user_`, 120 to 180 of `[0-9A-Za-z+/]`, 0 to 2 of `[=]`"),
    bare("gcp-gemini-api", "Google Gemini", "API key", &[Lit("AQ.Ab8RN6"), Run(URL64, 44, 44)])
        .entropy(3.0).scanner(BETTERLEAKS, "`AQ.Ab8RN6`, 44 of `[0-9A-Za-z_-]`"),
    bare("runpod-api-key", "RunPod", "API key", &[Lit("rpa_"), Run(UPPER, 40, 40), Run(ALNUM, 6, 6)])
        .entropy(3.0).scanner(BETTERLEAKS, "`rpa_`, 40 of `[0-9A-Z]`, 6 of `[0-9A-Za-z]`"),
    bare("vercel-ai-gateway-key", "Vercel", "AI gateway key", &[Lit("vck_"), Run(URL64, 56, 56)])
        .entropy(3.0).scanner(BETTERLEAKS, "`vck_`, 56 of `[0-9A-Za-z_-]`"),
];
