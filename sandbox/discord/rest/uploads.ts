import type { NextFunction, Request, RequestHandler, Response } from 'express'
import express from 'express'
import { Refusal } from '../refusal.ts'
import type { Upload } from '../state/messages.ts'
import type { World } from '../state/world.ts'

/** Reads `payload_json` of a multipart body into the body, and `files[n]` for `uploadsOf`; refuses a file that is too large. */
export function readUploads(world: World): RequestHandler[] {
  return [express.raw({ type: 'multipart/form-data', limit: '25mb' }), parse]

  async function parse(request: Request, response: Response, next: NextFunction): Promise<void> {
    if (!Buffer.isBuffer(request.body)) return next()
    const form = await formOf(request.body, request.get('content-type') ?? '')
    const payload = form.get('payload_json')
    request.body = typeof payload === 'string' ? parsed(payload) : {}
    const uploads: Upload[] = []
    for (const [key, value] of form) {
      const index = /^files\[(\d+)\]$/.exec(key)?.[1]
      if (index === undefined || typeof value === 'string') continue
      if (value.size > world.attachmentSizeLimit) throw new Refusal(413, 40005, 'Request entity too large')
      uploads.push({ index, name: value.name, type: value.type, text: utf8.decode(await value.arrayBuffer()) })
    }
    response.locals['uploads'] = uploads
    next()
  }
}

// A byte-order mark is a part of the file.
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

export function uploadsOf(response: Response): readonly Upload[] {
  return response.locals['uploads'] ?? []
}

function formOf(body: Buffer, type: string): Promise<FormData> {
  const answer = new globalThis.Response(new Uint8Array(body), { headers: { 'content-type': type } })
  return answer.formData().catch(() => Promise.reject(new Refusal(400, 50109, 'The request body is not a valid form.')))
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    throw new Refusal(400, 50109, 'The request body contains invalid JSON.')
  }
}
