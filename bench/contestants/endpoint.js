import { createPublicKey, verify } from 'node:crypto'
import express from 'express'
import { input } from './measured.js'

// The endpoint that guides show: Express, the whole signature checked before anything else goes on, a constant.
const x = Buffer.from(input.publicKey, 'hex').toString('base64url')
const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
const app = express()
app.post('/interactions', express.raw({ type: () => true, limit: '1mb' }), (request, response) => {
  const signed = Buffer.concat([Buffer.from(request.get('x-signature-timestamp') ?? ''), request.body])
  const signature = Buffer.from(request.get('x-signature-ed25519') ?? '', 'hex')
  if (!verify(undefined, signed, key, signature)) return response.sendStatus(401)
  const { type } = JSON.parse(request.body.toString())
  return response.json(type === 1 ? { type: 1 } : { type: 7, data: { content: 'Some songs' } })
})
const server = app.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('disconnect', () => process.exit())
