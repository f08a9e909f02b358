export { type AdvertisedAddress, parseAdvertisedAddress, withAdvertised } from './advertised.js'
export { type AnswerParameters, buildAnswer } from './answer.js'
export { type Candidate, formatCandidate, parseCandidate } from './candidate.js'
export { MAX_SDP_BYTES } from './limits.js'
export {
  type LocalEndpoint,
  type LocalTransport,
  parseLocalDescription,
  parseLocalOffer,
} from './local-description.js'
export {
  EXTENSION_URIS,
  type ExtensionName,
  FEEDBACK_LINES,
  type FeedbackName,
  type Negotiated,
  type NegotiatedExtensions,
  negotiate,
} from './negotiate.js'
export {
  type ApplicationSection,
  type Offer,
  type OfferedSection,
  parseOffer,
  type UnusedSection,
  type VideoSection,
} from './offer.js'
export type { OfferedCodec, OfferedExtension } from './offered-video.js'
export { type AgreedPublication, buildRemoteAnswer, readPublishAnswer } from './publish-answer.js'
export { buildPublishOffer, PUBLISH_MID, type PublishedCodec, publishedCodecs } from './publish-offer.js'
export { buildRemoteOffer, videoMid } from './remote-offer.js'
export { simulcastRids } from './simulcast.js'
export type { Fingerprint, Setup, TransportParameters } from './transport-parameters.js'
export { buildTrickleFragment, parseTrickleFragment, type TrickleFragment } from './trickle.js'
