import type { Response } from 'express'

/** The Web API's way to refuse. */
export function apiError(response: Response, status: number, message: string, reason?: string): void {
  response.status(status).json({ error: { status, message, ...(reason && { reason }) } })
}

/** The token endpoint's way to refuse: `error` is a string there. */
export function tokenError(response: Response, error: string, description: string): void {
  response.status(400).json({ error, error_description: description })
}

export function tooMany(response: Response, retryAfter: number, message: string, reason?: string): void {
  response.set('Retry-After', String(retryAfter))
  apiError(response, 429, message, reason)
}

export function unauthorized(response: Response, message: string): void {
  response.set('WWW-Authenticate', `Bearer realm="spotify", error="invalid_token", error_description="${message}"`)
  apiError(response, 401, message)
}
