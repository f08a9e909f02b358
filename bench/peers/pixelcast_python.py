"""Images of a Python program in `pixelcast serve`, by the contract of contract.ts; --way says how they get there."""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy

from burned import burn

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), *[os.pardir] * 2)
# The code that docs/python.md tells people to copy.
sys.path.insert(0, os.path.join(ROOT, "examples", "python"))

from pixelcast_http import Stream, Track  # noqa: E402

WALK = 1 + 1 / 300
QUALITY = 90


class Pixelcast:
    """The command line, as people start it."""

    def __init__(self, cli, arguments, stdin):
        command = ["node", cli, "serve", *arguments, "--port", "0", "--media-host", "127.0.0.1"]
        self.process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        line = self.process.stdout.readline().decode()
        self.port = int(re.search(r":(\d+)/", line).group(1))
        self.url = f"http://127.0.0.1:{self.port}/"


def stdin_way(flags):
    layout = ["--size", f"{flags.width}x{flags.height}", "--format", "bgr24", "--name", "bench"]
    server = Pixelcast(flags.cli, ["-", *layout], subprocess.PIPE)

    def show(image):
        server.process.stdin.write(image.tobytes())
        server.process.stdin.flush()

    return server, show


def put_way(flags):
    server = Pixelcast(flags.cli, ["--ingest"], subprocess.DEVNULL)
    return server, Track("bench", port=server.port).show


def jpeg_way(flags):
    server = Pixelcast(flags.cli, ["--ingest"], subprocess.DEVNULL)
    stream = Stream("bench", port=server.port)

    def show(image):
        _, jpeg = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        stream.show_encoded(jpeg)

    return server, show


WAYS = {"stdin": stdin_way, "put": put_way, "jpeg": jpeg_way}


class Producer:
    def __init__(self, flags, show):
        self.flags = flags
        self.show = show
        pixels = numpy.fromfile(flags.reel, dtype=numpy.uint8)
        rgba = pixels.reshape(flags.frames, flags.height, flags.width, 4)
        self.images = [numpy.ascontiguousarray(image[:, :, 2::-1]) for image in rgba]
        self.reset()

    def reset(self):
        self.pushed = 0
        self.push_ms = []

    def run(self):
        due = time.monotonic()
        index = 0
        while True:
            image = self.images[index % len(self.images)]
            index += 1
            burn(image, (time.monotonic_ns() // 100_000) & 0xFFFFFFFF)
            start = time.perf_counter()
            self.show(image)
            self.push_ms.append((time.perf_counter() - start) * 1000)
            self.pushed += 1
            due = max(due + WALK / self.flags.fps, time.monotonic() - 0.5)
            time.sleep(max(0, due - time.monotonic()))


def control(producer):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            stats = {"pushed": producer.pushed, "refused": 0, "pushMs": producer.push_ms[-20_000:]}
            body = json.dumps(stats).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            producer.reset()
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"


def main():
    parser = argparse.ArgumentParser()
    for name in ("reel", "producer", "stamp", "early", "bitrate", "way", "cli"):
        parser.add_argument("--" + name)
    for name in ("width", "height", "frames"):
        parser.add_argument("--" + name, type=int)
    parser.add_argument("--fps", type=float)
    flags = parser.parse_args()
    server, show = WAYS[flags.way](flags)

    def end():
        server.process.kill()
        os._exit(0)

    signal.signal(signal.SIGTERM, lambda *_: end())
    # Ends with the benchmark: its end of the pipe closes then.
    threading.Thread(target=lambda: (sys.stdin.read(), end()), daemon=True).start()
    producer = Producer(flags, show)
    print(json.dumps({"offer": server.url + "whep/bench", "control": control(producer)}), flush=True)
    producer.run()


main()
