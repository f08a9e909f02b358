import {
  EngineError,
  ImageError,
  LimitError,
  ListenError,
  OptionError,
  PublishError,
  SignalingError,
} from '../common/errors.js'
import type { SerializedError } from './messages.js'

/** Errors lose their class when they are posted to another thread; this keeps it. */
export function serializeError(error: unknown): SerializedError {
  if (!(error instanceof Error)) return { kind: 'Error', message: String(error), fields: {} }
  const { field, expected, actual, status, headers, systemCode, limit, value, count } = error as Partial<
    ImageError & SignalingError & ListenError & LimitError
  >
  return {
    kind: error.constructor.name,
    message: error.message,
    ...(error.stack !== undefined && { stack: error.stack }),
    fields: { field, expected, actual, status, headers, systemCode, limit, value, count },
  }
}

export function restoreError({ kind, message, stack, fields }: SerializedError): Error {
  const error = construct(kind, message, fields)
  if (stack !== undefined) error.stack = stack
  return error
}

function construct(kind: string, message: string, fields: SerializedError['fields']): Error {
  const text = (name: string): string => String(fields[name] ?? '')
  const complaint = { field: text('field'), expected: text('expected'), actual: text('actual') }
  switch (kind) {
    case 'ImageError':
      return new ImageError(complaint)
    case 'OptionError':
      return new OptionError(complaint)
    case 'SignalingError':
      return new SignalingError(
        Number(fields.status ?? 500),
        message,
        (fields.headers ?? {}) as Record<string, string>,
      )
    case 'ListenError':
      return new ListenError(message, fields.systemCode === undefined ? undefined : text('systemCode'))
    case 'LimitError':
      return new LimitError(text('limit'), Number(fields.value), Number(fields.count))
    case 'PublishError':
      return new PublishError(message, fields.status === undefined ? undefined : Number(fields.status))
    case 'EngineError':
      return new EngineError(message)
    default:
      return new Error(message)
  }
}
