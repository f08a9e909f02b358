package main

import (
	"sync"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

const (
	// Packets that are looked back at to tell a duplicate.
	window    = 4096
	clockRate = 90_000
)

// stats has the fields of the headless receiver's ViewerStats that a load needs.
type stats struct {
	// Different packets that arrived, retransmitted ones included.
	Packets int64 `json:"packets"`
	// Packets between the first and the newest sequence number that have not arrived, in any way.
	Missing    int64 `json:"missing"`
	Duplicates int64 `json:"duplicates"`
	Bytes      int64 `json:"bytes"`
	// Packets with the marker bit.
	Frames int64 `json:"frames"`
	// From each frame's RTP time to its last packet, ms, compared with the first frame that ever came.
	Latencies []float64 `json:"latencies"`
}

// stream counts what arrives of one viewer's media.
type stream struct {
	started chan struct{}
	once    sync.Once

	mutex  sync.Mutex
	counts stats
	// Sequence numbers that do not wrap; -1 before the first packet.
	first, newest int64
	seen          [window]int64
	// Between RTP time and arrival, of the first frame.
	offset    int64
	hasOffset bool
}

func newStream() *stream {
	return &stream{started: make(chan struct{}), first: -1, newest: -1}
}

func (s *stream) read(track *webrtc.TrackRemote) {
	buffer := make([]byte, 1500)
	for {
		n, _, err := track.Read(buffer)
		if err != nil {
			return
		}
		var packet rtp.Packet
		if packet.Unmarshal(buffer[:n]) == nil {
			s.receive(&packet, n, time.Now())
		}
	}
}

func (s *stream) receive(packet *rtp.Packet, size int, now time.Time) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.counts.Bytes += int64(size)
	index := s.unwrap(packet.SequenceNumber)
	if s.first < 0 {
		s.first = index
	}
	if index < s.first {
		return
	}
	if s.seen[index%window] == index {
		s.counts.Duplicates++
		return
	}
	s.seen[index%window] = index
	s.newest = max(s.newest, index)
	s.counts.Packets++
	// Padding alone is a probe of the bandwidth; it has its place among the sequence numbers.
	if len(packet.Payload) == 0 || !packet.Marker {
		return
	}
	s.once.Do(func() { close(s.started) })
	s.counts.Frames++
	arrival := now.UnixMicro() * clockRate / 1e6
	difference := arrival - int64(packet.Timestamp)
	if !s.hasOffset {
		s.offset, s.hasOffset = difference, true
	}
	// Modulo 2^32, with sign: RTP time wraps.
	late := int32(uint32(difference - s.offset))
	s.counts.Latencies = append(s.counts.Latencies, float64(late)*1000/clockRate)
}

// unwrap gives the count that is closest to the newest one.
func (s *stream) unwrap(sequence uint16) int64 {
	if s.newest < 0 {
		return int64(sequence) + 1<<16
	}
	return s.newest + int64(int16(sequence-uint16(s.newest)))
}

func (s *stream) reset() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.counts = stats{}
	// The newest is counted as the first of what comes now, as the headless receiver does.
	s.first = s.newest
	if s.newest >= 0 {
		s.counts.Packets = 1
	}
}

func (s *stream) stats() stats {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	now := s.counts
	now.Latencies = append([]float64{}, s.counts.Latencies...)
	if s.first >= 0 {
		now.Missing = s.newest - s.first + 1 - now.Packets
	}
	return now
}
