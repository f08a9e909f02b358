const TOKEN = "[!#-'*+\\-.0-9A-Z^-~]{1,64}"
const PT = '(?:[0-9]|[1-9][0-9]|1[01][0-9]|12[0-7])'
const NUMBER = '(?:0|[1-9][0-9]{0,15})'

const CANDIDATE =
  'a=candidate:[A-Za-z0-9+/]{1,32} 1 UDP [1-9][0-9]{0,9} (?:[0-9.]{7,15}|[0-9A-Fa-f:.]{3,45}) [1-9][0-9]{0,4} typ (?:host|srflx|prflx|relay)'

/**
 * Every shape that a line for the WebRTC library may have. It aborts the process on lines that it cannot
 * read, so this list is what stands between a stranger's bytes and the end of the program.
 */
const ALLOWED = [
  'v=0',
  'o=- 0 0 IN IP4 127\\.0\\.0\\.1',
  's=-',
  't=0 0',
  `a=group:BUNDLE ${TOKEN}(?: ${TOKEN})?`,
  'a=ice-options:trickle',
  `m=video 9 UDP/TLS/RTP/SAVPF ${PT}(?: ${PT})?`,
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP4 0\\.0\\.0\\.0',
  `a=mid:${TOKEN}`,
  'a=recvonly',
  'a=rtcp-mux',
  `a=rtpmap:${PT} (?:H264|VP8|rtx)/90000`,
  `a=rtcp-fb:${PT} (?:nack|nack pli|ccm fir|goog-remb|transport-cc)`,
  `a=fmtp:${PT} apt=${PT}`,
  `a=fmtp:${PT} (?:level-asymmetry-allowed=1;)?packetization-mode=1(?:;profile-level-id=[0-9a-f]{6})?`,
  'a=extmap:(?:[1-9]|1[0-4]) (?:http://www\\.webrtc\\.org/experiments/rtp-hdrext/playout-delay|http://www\\.ietf\\.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01|urn:ietf:params:rtp-hdrext:sdes:mid)',
  'a=ice-ufrag:[A-Za-z0-9+/]{4,256}',
  'a=ice-pwd:[A-Za-z0-9+/]{22,256}',
  'a=fingerprint:(?:sha-256 (?:[0-9A-F]{2}:){31}|sha-384 (?:[0-9A-F]{2}:){47}|sha-512 (?:[0-9A-F]{2}:){63})[0-9A-F]{2}',
  'a=setup:(?:actpass|active|passive)',
  CANDIDATE,
  `a=sctp-port:${NUMBER}`,
  `a=max-message-size:${NUMBER}`,
].map((shape) => new RegExp(`^${shape}$`))

export const CANDIDATE_LINE = new RegExp(`^${CANDIDATE}$`)

/** Throws when the library would get a line that it is not known to read. */
export function checkLibraryLines(sdp: string): void {
  const lines = sdp.split('\r\n')
  if (lines.pop() !== '') throw new Error('the last line has no end')
  const odd = lines.find((line) => !ALLOWED.some((shape) => shape.test(line)))
  if (odd !== undefined) throw new Error(`the library would get ${JSON.stringify(odd)}`)
  const candidates = lines.filter((line) => line.startsWith('a=candidate')).length
  if (candidates > 32) throw new Error(`${candidates} candidates`)
}
