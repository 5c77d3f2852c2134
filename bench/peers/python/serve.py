"""A process of one contender in Python: `serve.py pytorch|onnxruntime-native|numpy THREADS`. The twin of serve.js."""

import json
import os
import sys
import time

from subject import MARK, Subject

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "numpy"))


def answer(fields):
    sys.stdout.write(MARK + json.dumps(fields) + "\n")
    sys.stdout.flush()


def reason(error):
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return f"{type(error).__name__}: {lines[0]}"[:300]


class Server:
    def __init__(self, peer):
        self.peer = peer
        self.jobs = {}
        self.subject = None
        self.path = None

    def load(self, path):
        if path != self.path:
            self.subject, self.path = Subject(path), path
        return self.subject

    def prepare(self, command):
        subject = self.load(command["subject"])
        mode, setting = command["mode"], command["setting"]
        job = self.peer.build(subject, mode, setting, False)
        result = job.check()
        if subject.has_dropout and mode == "train":
            job = self.peer.build(subject, mode, setting, True)
        self.jobs[setting] = job
        return {"result": [float(value) for value in result]}

    def run(self, command):
        job = self.jobs[command["setting"]]
        job.activate()
        steps = 0
        processor = time.process_time()
        began = now = time.perf_counter()
        end = began + command["seconds"]
        while True:
            job.step()
            steps += 1
            now = time.perf_counter()
            if now >= end:
                break
        return {"steps": steps, "seconds": now - began, "processor": time.process_time() - processor}

    def handle(self, command):
        if command["do"] == "settings":
            return {"settings": self.peer.settings(command["mode"], self.load(command["subject"]))}
        if command["do"] == "prepare":
            return self.prepare(command)
        if command["do"] == "run":
            return self.run(command)
        self.jobs.clear()
        self.peer.release()
        return {}


def main():
    name, threads = sys.argv[1], int(sys.argv[2])
    try:
        if name == "pytorch":
            from pytorch import PyTorch as Peer
        elif name == "onnxruntime-native":
            from onnx_runtime import OnnxRuntime as Peer
        else:
            from notebooks import NumPy as Peer
        server = Server(Peer(threads))
        answer({"versions": server.peer.versions, "note": server.peer.note})
    except Exception as error:
        answer({"error": reason(error)})
        sys.exit(1)
    for line in sys.stdin:
        try:
            answer(server.handle(json.loads(line)))
        except Exception as error:
            answer({"error": reason(error)})


main()
