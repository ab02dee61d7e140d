"""An OpenAI-compatible server on this machine: models, embeddings, chats, files and fine-tuning jobs."""

from workshop.serve.running import run_server, serve

__all__ = ["run_server", "serve"]
