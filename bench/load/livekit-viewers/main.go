// Viewers of a room of LiveKit that count packets instead of showing them: what the headless receiver is to
// pixelcast. The first line on standard input says who they are; after that each line is a command, and each is
// answered by one line of JSON.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/go-logr/logr"
	protoLogger "github.com/livekit/protocol/logger"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/pion/webrtc/v4"
)

const (
	atOnce       = 4
	joinDeadline = 30 * time.Second
)

type request struct {
	URL string `json:"url"`
	// One for each viewer, each with an identity of its own.
	Tokens []string `json:"tokens"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	lksdk.SetLogger(protoLogger.LogRLogger(logr.Discard()))
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	answers := json.NewEncoder(os.Stdout)

	if !lines.Scan() {
		return fmt.Errorf("nobody said who the viewers are")
	}
	var wanted request
	if err := json.Unmarshal(lines.Bytes(), &wanted); err != nil {
		return fmt.Errorf("the first line is not a request: %w", err)
	}
	streams, err := joinAll(wanted)
	if err != nil {
		return err
	}
	if err := answers.Encode(len(streams)); err != nil {
		return err
	}

	for lines.Scan() {
		var answer any
		switch lines.Text() {
		case "reset":
			for _, s := range streams {
				s.reset()
			}
			answer = len(streams)
		case "stats":
			all := make([]stats, len(streams))
			for i, s := range streams {
				all[i] = s.stats()
			}
			answer = all
		default:
			return fmt.Errorf("unknown command %q", lines.Text())
		}
		if err := answers.Encode(answer); err != nil {
			return err
		}
	}
	return lines.Err()
}

// joinAll returns when each of them gets media, or with the first that does not.
func joinAll(wanted request) ([]*stream, error) {
	streams := make([]*stream, len(wanted.Tokens))
	failures := make([]error, len(wanted.Tokens))
	next := make(chan int)
	var workers sync.WaitGroup
	for range atOnce {
		workers.Go(func() {
			for i := range next {
				streams[i], failures[i] = join(wanted.URL, wanted.Tokens[i])
			}
		})
	}
	for i := range wanted.Tokens {
		next <- i
	}
	close(next)
	workers.Wait()
	for i, err := range failures {
		if err != nil {
			return nil, fmt.Errorf("viewer %d: %w", i, err)
		}
	}
	return streams, nil
}

func join(url, token string) (*stream, error) {
	s := newStream()
	callback := &lksdk.RoomCallback{
		ParticipantCallback: lksdk.ParticipantCallback{
			OnTrackSubscribed: func(
				track *webrtc.TrackRemote, _ *lksdk.RemoteTrackPublication, _ *lksdk.RemoteParticipant,
			) {
				if track.Kind() == webrtc.RTPCodecTypeVideo {
					go s.read(track)
				}
			},
		},
	}
	// Nothing is looked for elsewhere: neither regions nor relays.
	_, err := lksdk.ConnectToRoomWithToken(url, token, callback,
		lksdk.WithDisableRegionDiscovery(), lksdk.WithDisableTURN(), lksdk.WithConnectTimeout(joinDeadline))
	if err != nil {
		return nil, err
	}
	select {
	case <-s.started:
		return s, nil
	case <-time.After(joinDeadline):
		return nil, fmt.Errorf("no media within %v", joinDeadline)
	}
}
