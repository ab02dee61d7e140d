"""An OpenAI-compatible server on this machine: models, embeddings, chats, files and fine-tuning jobs."""

from workshop.serve.running import require_stacks, run_server, serve

__all__ = ["require_stacks", "run_server", "serve"]
