# pixelcast_http.py
"""Shows images in a pixelcast server, over HTTP. Needs nothing but Python 3.8 or later."""

import http.client
import json
from urllib.parse import quote, urlencode


class PixelcastError(Exception):
    """The server refused an image; the text says why."""


class Track:
    """Shows one image after the other, as they come: each is a request on a connection that stays open."""

    def __init__(self, name, host="127.0.0.1", port=8080, token=None, timeout=10):
        self._path = f"/tracks/{quote(name, safe='')}"
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._http = http.client.HTTPConnection(host, port, timeout=timeout)

    def show(self, frame):
        """A picture of OpenCV or NumPy: (height, width) gray, or (height, width, 3 or 4) BGR or BGRA, of uint8."""
        height, width, channels = (*frame.shape, 1)[:3]
        formats = {1: "gray8", 3: "bgr24", 4: "bgra"}
        if frame.dtype != "uint8" or channels not in formats:
            raise ValueError(f"expected uint8 with 1, 3 or 4 channels, got {frame.dtype} {frame.shape}")
        pixels = memoryview(frame) if frame.flags.c_contiguous else frame.tobytes()
        self._put({"width": width, "height": height, "format": formats[channels]}, pixels)

    def show_encoded(self, data):
        """The bytes of a JPEG, PNG or WebP."""
        self._put({}, bytes(data))

    def close(self):
        self._http.close()

    def _put(self, query, body):
        path = f"{self._path}/image?{urlencode(query)}"
        # the server hangs up when nothing comes for a while; then once more, on a new connection
        for is_last in (False, True):
            try:
                self._http.request("PUT", path, body, self._headers)
                response = self._http.getresponse()
                break
            except (ConnectionError, http.client.BadStatusLine):
                self._http.close()
                if is_last:
                    raise
        answer = response.read()
        if response.status != 204:
            raise PixelcastError(json.loads(answer)["detail"])


class Stream:
    """Shows JPEGs (PNGs, WebPs) by one request that goes on until it is closed: the least work for each image."""

    def __init__(self, name, host="127.0.0.1", port=8080, token=None, timeout=10):
        self._http = http.client.HTTPConnection(host, port, timeout=timeout)
        self._http.putrequest("POST", f"/tracks/{quote(name, safe='')}/stream")
        self._http.putheader("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self._http.putheader("Transfer-Encoding", "chunked")
        if token is not None:
            self._http.putheader("Authorization", f"Bearer {token}")
        self._http.endheaders()

    def show_encoded(self, data):
        """The bytes of a JPEG, PNG or WebP."""
        data = bytes(data)
        part = b"--frame\r\nContent-Length: %d\r\n\r\n%b\r\n" % (len(data), data)
        try:
            self._http.send(b"%x\r\n%b\r\n" % (len(part), part))
        except ConnectionError:
            # the server has ended it, and has said why
            self.close()
            raise

    def close(self):
        """Ends the stream. Gives what became of it: images, refused, dropped, lastError."""
        try:
            self._http.send(b"0\r\n\r\n")
        except ConnectionError:
            pass
        response = self._http.getresponse()
        answer = json.loads(response.read())
        self._http.close()
        if response.status != 200:
            raise PixelcastError(answer["detail"])
        return answer
