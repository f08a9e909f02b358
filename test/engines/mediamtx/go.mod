module pixelcast.test/mediamtx

go 1.26

require github.com/bluenviron/mediamtx v1.15.3
