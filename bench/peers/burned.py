"""The time in an image, as all peers write it."""

import numpy

CELLS = 40
CODE_HEIGHT = 16


def burn(image, value):
    """The twin of `burn` in test/support/images.ts: 32 bits and a check, as 40 black or white cells."""
    check = ((value ^ (value >> 8) ^ (value >> 16) ^ (value >> 24)) & 0xFF) ^ 0xA5
    word = (value << 8) | check
    bits = numpy.array([(word >> (CELLS - 1 - i)) & 1 for i in range(CELLS)], dtype=numpy.uint8) * 255
    row = numpy.repeat(bits, image.shape[1] // CELLS)
    image[:CODE_HEIGHT, : len(row)] = row[None, :, None]
