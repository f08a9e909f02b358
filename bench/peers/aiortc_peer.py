"""aiortc with the recipe's track, by the contract of contract.ts. Runs with Debian's and PyPI's packages."""

import argparse
import asyncio
import json
import signal
import sys
import time

import aioice.ice
import numpy
from aiohttp import web
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaRelay

from burned import burn
from image_track import ImageRenderingTrack

BLOCK_SECONDS = 0.1
WALK = 1 + 1 / 300
# aioice fails at once when there is nothing to check; a viewer without candidates is found by its own
# checks. Nobody listens on the discard port.
NO_CANDIDATE = "a=candidate:1 1 udp 1 127.0.0.1 9 typ host"

# It has no option for where to listen, and would leave loopback out.
aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]


class Producer:
    def __init__(self, flags, track):
        self.flags = flags
        self.track = track
        pixels = numpy.fromfile(flags.reel, dtype=numpy.uint8)
        rgba = pixels.reshape(flags.frames, flags.height, flags.width, 4)
        # OpenCV's order, which is what the recipe's users hold.
        self.images = [numpy.ascontiguousarray(image[:, :, 2::-1]) for image in rgba]
        self.index = 0
        self.reset()

    def reset(self):
        self.pushed = 0
        self.refused = 0
        self.push_ms = []
        self.track.conversions.clear()

    def push(self):
        image = self.images[self.index % len(self.images)]
        self.index += 1
        if self.flags.stamp:
            burn(image, (time.monotonic_ns() // 100_000) & 0xFFFFFFFF)
        start = time.perf_counter()
        taken = self.track.add_image(image)
        self.push_ms.append((time.perf_counter() - start) * 1000)
        self.pushed += 1
        self.refused += not taken

    async def run(self):
        if not self.flags.early and self.flags.producer != "once":
            # The queue would be full before anyone empties it, and stay so at 30 images a second.
            await self.track.asked.wait()
        if self.flags.producer == "once":
            self.push()
        elif self.flags.producer == "blocking":
            while True:
                self.push()
                end = time.monotonic() + BLOCK_SECONDS
                while time.monotonic() < end:
                    pass
                await asyncio.sleep(0)
        else:
            due = time.monotonic()
            while True:
                self.push()
                due = max(due + WALK / self.flags.fps, time.monotonic() - 0.5)
                await asyncio.sleep(max(0, due - time.monotonic()))

    def stats(self):
        # The conversion is what an image costs the application's thread; putting it into the queue is nothing.
        return {"pushed": self.pushed, "refused": self.refused, "pushMs": self.track.conversions[-20_000:]}


def with_candidate(offer):
    if "a=candidate:" in offer:
        return offer
    return offer.rstrip("\r\n") + "\r\n" + NO_CANDIDATE + "\r\n"


def application(producer, track):
    # One track for many: without the relay, viewers would take each other's images.
    relay = MediaRelay()
    viewers = set()

    async def offer(request):
        pc = RTCPeerConnection()
        viewers.add(pc)
        pc.addTrack(relay.subscribe(track))
        sdp = with_candidate(await request.text())
        await pc.setRemoteDescription(RTCSessionDescription(sdp=sdp, type="offer"))
        await pc.setLocalDescription(await pc.createAnswer())

        @pc.on("connectionstatechange")
        async def changed():
            if pc.connectionState in ("failed", "closed"):
                await pc.close()
                viewers.discard(pc)

        return web.Response(
            status=201,
            text=pc.localDescription.sdp,
            content_type="application/sdp",
            headers={"Location": "/session"},
        )

    async def stats(request):
        return web.json_response(producer.stats())

    async def reset(request):
        producer.reset()
        return web.Response(status=204)

    async def session(request):
        return web.Response()

    app = web.Application()
    app.add_routes(
        [
            web.post("/offer", offer),
            web.get("/stats", stats),
            web.post("/reset", reset),
            web.delete("/session", session),
        ]
    )
    return app


async def main():
    parser = argparse.ArgumentParser()
    for name in ("reel", "producer", "stamp", "early", "bitrate"):
        parser.add_argument("--" + name)
    for name in ("width", "height", "frames"):
        parser.add_argument("--" + name, type=int)
    parser.add_argument("--fps", type=float)
    flags = parser.parse_args()
    flags.stamp = flags.stamp == "true"
    flags.early = flags.early == "true"

    track = ImageRenderingTrack()
    producer = Producer(flags, track)
    runner = web.AppRunner(application(producer, track))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    url = f"http://127.0.0.1:{port}"
    print(json.dumps({"offer": url + "/offer", "control": url}), flush=True)

    loop = asyncio.get_running_loop()
    ended = loop.create_future()
    loop.add_signal_handler(signal.SIGTERM, lambda: ended.done() or ended.set_result(None))
    # Ends with the benchmark: its end of the pipe closes then.
    loop.add_reader(sys.stdin, lambda: ended.done() or ended.set_result(None))
    making = asyncio.ensure_future(producer.run())
    await ended
    making.cancel()


asyncio.run(main())
