//! Models and their platforms.

use super::super::format::Part::{Any, Lit, Run};
use super::super::format::set::{ALNUM, LOWER, URL64, WORD};
use super::super::format::{Format, assigned, bare};

const HUGGING_FACE: &str = "https://huggingface.co/docs/hub/security-tokens";

/// The formats of this field.
pub const FORMATS: &[Format] = &[
    bare("openai-api-key", "OpenAI", "API key", &[Any(&["sk-proj-", "sk-svcacct-", "sk-admin-", "sk-"]), Run(URL64, 20, 74), Lit("T3BlbkFJ"), Run(URL64, 20, 74)])
        .entropy(3.0).from("https://platform.openai.com/docs/api-reference/authentication"),
    bare("anthropic-api-key", "Anthropic", "API key", &[Lit("sk-ant-api03-"), Run(URL64, 93, 93), Lit("AA")])
        .entropy(3.0).read("https://platform.claude.com/docs/de/get-api-key", "the key begins with `sk-ant-`, in an example with `sk-ant-api03-`; no length"),
    bare("anthropic-admin-api-key", "Anthropic", "Admin API key", &[Lit("sk-ant-admin01-"), Run(URL64, 93, 93), Lit("AA")])
        .entropy(3.0).from("https://docs.anthropic.com/en/api/administration-api"),
    bare("huggingface-access-token", "Hugging Face", "access token", &[Lit("hf_"), Run("A-Za-z", 34, 34)])
        .entropy(3.0).words(&["hf_"]).read("https://github.com/huggingface/hub-docs/blob/0708226c083faee67f9aab52da9f499e6a8e390d/docs/hub/security-tokens.md", "prefix `hf_`, in an example; no length, no alphabet"),
    bare("huggingface-organization-api-token", "Hugging Face", "organization API token", &[Lit("api_org_"), Run("A-Za-z", 34, 34)])
        .entropy(3.0).from(HUGGING_FACE),
    assigned("cohere-api-token", "Cohere", "API key", &["cohere", "co_api_key"], &[Run(ALNUM, 40, 40)])
        .entropy(4.0).from("https://docs.cohere.com/reference/about"),
    bare("perplexity-api-key", "Perplexity", "API key", &[Lit("pplx-"), Run(ALNUM, 48, 48)])
        .entropy(4.0).from("https://docs.perplexity.ai/guides/getting-started"),
    assigned("privateai-api-token", "Private AI", "API key", &["privateai", "private_ai", "private-ai"], &[Run(ALNUM, 32, 32)])
        .entropy(3.0).from("https://docs.private-ai.com/"),
    bare("groq-api-key", "Groq", "API key", &[Lit("gsk_"), Run(ALNUM, 52, 52)])
        .entropy(3.5).from("https://console.groq.com/docs/quickstart"),
    bare("replicate-api-token", "Replicate", "API token", &[Lit("r8_"), Run(ALNUM, 37, 37)])
        .entropy(3.5).from("https://replicate.com/docs/topics/security/api-tokens"),
    bare("xai-api-key", "xAI", "API key", &[Lit("xai-"), Run(ALNUM, 80, 80)])
        .entropy(3.5).from("https://docs.x.ai/docs/overview"),
    bare("fireworks-api-key", "Fireworks AI", "API key", &[Lit("fw_"), Run(ALNUM, 22, 24)])
        .entropy(3.5).from("https://docs.fireworks.ai/api-reference/introduction"),
    bare("langfuse-secret-key", "Langfuse", "secret key", &[Lit("sk-lf-"), Run("0-9a-f-", 36, 36)])
        .entropy(3.0).read("https://github.com/langfuse/langfuse/blob/01388fbf4181a67e3083db72f736074d31913525/packages/shared/src/server/auth/apiKeys.ts", "`sk-lf-`, then a random UUID"),
    bare("langsmith-api-key", "LangSmith", "API key", &[Any(&["lsv2_pt_", "lsv2_sk_"]), Run("0-9a-f", 32, 32), Lit("_"), Run("0-9a-f", 10, 10)])
        .entropy(3.0).from("https://docs.smith.langchain.com/administration/how_to_guides/organization_management/create_account_api_key"),
    bare("openrouter-api-key", "OpenRouter", "API key", &[Lit("sk-or-v1-"), Run("0-9a-f", 64, 64)])
        .entropy(3.0).from("https://openrouter.ai/docs/api-reference/authentication"),
    bare("nvidia-api-key", "NVIDIA", "API key", &[Lit("nvapi-"), Run(URL64, 64, 64)])
        .entropy(3.5).from("https://docs.api.nvidia.com/nim/docs/api-quickstart"),
    bare("pinecone-api-key", "Pinecone", "API key", &[Lit("pcsk_"), Run(WORD, 70, 70)])
        .entropy(3.5).from("https://docs.pinecone.io/guides/projects/manage-api-keys"),
    bare("tavily-api-key", "Tavily", "API key", &[Lit("tvly-"), Any(&["dev-", "prod-", ""]), Run(ALNUM, 32, 32)])
        .entropy(3.5).words(&["tvly-"]).from("https://docs.tavily.com/documentation/api-reference/introduction"),
    assigned("deepgram-api-key", "Deepgram", "API key", &["deepgram"], &[Run("0-9a-f", 40, 40)])
        .from("https://developers.deepgram.com/docs/create-additional-api-keys"),
    assigned("elevenlabs-api-key", "ElevenLabs", "API key", &["elevenlabs", "xi-api-key", "xi_api_key"], &[Any(&["sk_", ""]), Run("0-9a-f", 32, 48)])
        .from("https://elevenlabs.io/docs/api-reference/authentication"),
    assigned("mistral-api-key", "Mistral AI", "API key", &["mistral"], &[Run(ALNUM, 32, 32)])
        .entropy(3.5).from("https://docs.mistral.ai/getting-started/quickstart/"),
    assigned("assemblyai-api-key", "AssemblyAI", "API key", &["assemblyai"], &[Run(LOWER, 32, 32)])
        .from("https://www.assemblyai.com/docs"),
];
