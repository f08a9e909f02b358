# to_stdin.py
import sys
import time

import cv2
import numpy

WIDTH, HEIGHT = 640, 480


def draw(seconds):
    """Anything that gives a BGR image: a camera's frame, a plot, a render."""
    frame = numpy.full((HEIGHT, WIDTH, 3), (60, 40, 20), numpy.uint8)
    x = int(WIDTH * (0.5 + 0.4 * numpy.sin(seconds)))
    cv2.circle(frame, (x, HEIGHT // 2), 40, (0, 200, 255), -1, cv2.LINE_AA)
    cv2.putText(frame, f"{seconds:.1f} s", (20, 50), cv2.FONT_HERSHEY_SIMPLEX, 1, (255, 255, 255), 2)
    return frame


start = time.monotonic()
while True:
    frame = draw(time.monotonic() - start)
    sys.stdout.buffer.write(frame.tobytes())
    sys.stdout.buffer.flush()
    time.sleep(1 / 30)
