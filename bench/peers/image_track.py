"""The recipe that people use with aiortc: a track that owns a queue of ten images."""

import asyncio
import time

from aiortc import VideoStreamTrack
from av import VideoFrame


class ImageRenderingTrack(VideoStreamTrack):
    def __init__(self):
        super().__init__()
        self.queue = asyncio.Queue(10)
        # Milliseconds that turning images into frames holds the event loop; not part of the recipe.
        self.conversions = []
        # Set when the first viewer asks for an image; not part of the recipe either.
        self.asked = asyncio.Event()

    def add_image(self, image):
        try:
            self.queue.put_nowait(image)
            return True
        except asyncio.QueueFull:
            return False

    async def add_image_async(self, image):
        await self.queue.put(image)

    async def recv(self):
        self.asked.set()
        image = await self.queue.get()
        start = time.perf_counter()
        frame = VideoFrame.from_ndarray(image, format="bgr24")
        self.conversions.append((time.perf_counter() - start) * 1000)
        frame.pts, frame.time_base = await self.next_timestamp()
        return frame
