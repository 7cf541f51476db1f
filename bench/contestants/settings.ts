/** What the bench hands to the floor and the peers through their environment. */
const { PORT, DATABASE_URL, REDIS_URL, TOKEN_URL, JWT_SECRET, ENCRYPTION_KEY } = process.env

export const settings = {
  port: Number(PORT),
  databaseUrl: DATABASE_URL ?? '',
  redisUrl: REDIS_URL ?? '',
  tokenUrl: TOKEN_URL ?? '',
  jwtSecret: JWT_SECRET ?? '',
  encryptionKey: Buffer.from(ENCRYPTION_KEY ?? '', 'base64'),
}
