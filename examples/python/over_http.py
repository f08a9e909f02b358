# over_http.py
import os
import time

import cv2
import numpy

from pixelcast_http import Stream, Track

WIDTH, HEIGHT = 640, 480
server = {"port": int(os.environ.get("PORT", 8080)), "token": os.environ.get("PIXELCAST_INGEST_TOKEN")}

pixels = Track("pixels", **server)
jpegs = Stream("jpegs", **server)
start = time.monotonic()
while True:
    seconds = time.monotonic() - start
    frame = numpy.full((HEIGHT, WIDTH, 3), (60, 40, 20), numpy.uint8)
    cv2.putText(frame, f"{seconds:.1f} s", (20, 250), cv2.FONT_HERSHEY_SIMPLEX, 3, (0, 200, 255), 5)
    # as it is: the sharpest, and the most bytes
    pixels.show(frame)
    # compressed: for another machine
    _, jpeg = cv2.imencode(".jpg", frame)
    jpegs.show_encoded(jpeg)
    time.sleep(1 / 30)
