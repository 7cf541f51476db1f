-- CreateEnum
CREATE TYPE "SetupStatus" AS ENUM ('IN_PROGRESS', 'READY', 'NEEDS_ATTENTION');

-- CreateEnum
CREATE TYPE "WebhookDeliveryStatus" AS ENUM ('PENDING', 'DELIVERED', 'DEAD');

-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "ActivityKind" ADD VALUE 'CONNECTION_BROKEN';
ALTER TYPE "ActivityKind" ADD VALUE 'CONNECTION_REFRESHED';
ALTER TYPE "ActivityKind" ADD VALUE 'TOKEN_ISSUED';

-- AlterTable
ALTER TABLE "Activity" ADD COLUMN     "apiKeyName" TEXT,
ADD COLUMN     "skillSlug" TEXT;

-- AlterTable
ALTER TABLE "Connection" ADD COLUMN     "accessTokenIssuedAt" TIMESTAMPTZ(3),
ADD COLUMN     "refreshAttempts" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "refreshDueAt" TIMESTAMPTZ(3),
ADD COLUMN     "refreshLeaseUntil" TIMESTAMPTZ(3),
ADD COLUMN     "refreshStartedAt" TIMESTAMPTZ(3),
ADD COLUMN     "verifyDueAt" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "Setup" ADD COLUMN     "announcedRevision" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "announcedStatus" "SetupStatus";

-- AlterTable
ALTER TABLE "User" ADD COLUMN     "erasedAt" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "SetupSession" (
    "id" UUID NOT NULL,
    "secretHash" BYTEA NOT NULL,
    "userId" UUID NOT NULL,
    "setupId" UUID NOT NULL,
    "apiKeyId" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "SetupSession_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ApiKey" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "scopes" TEXT[],
    "secretHash" BYTEA NOT NULL,
    "previousHash" BYTEA,
    "previousUntil" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "rotatedAt" TIMESTAMPTZ(3),
    "lastUsedAt" TIMESTAMPTZ(3),
    "revokedAt" TIMESTAMPTZ(3),

    CONSTRAINT "ApiKey_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ProviderPause" (
    "provider" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ProviderPause_pkey" PRIMARY KEY ("provider")
);

-- CreateTable
CREATE TABLE "WebhookEndpoint" (
    "id" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "events" TEXT[],
    "sealed" BYTEA NOT NULL,
    "apiKeyId" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "WebhookEndpoint_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "WebhookDelivery" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "sequence" BIGSERIAL NOT NULL,
    "endpointId" UUID NOT NULL,
    "eventId" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "status" "WebhookDeliveryStatus" NOT NULL DEFAULT 'PENDING',
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "dueAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3),
    "lastResult" TEXT,

    CONSTRAINT "WebhookDelivery_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "SetupSession_userId_idx" ON "SetupSession"("userId");

-- CreateIndex
CREATE INDEX "SetupSession_setupId_idx" ON "SetupSession"("setupId");

-- CreateIndex
CREATE INDEX "SetupSession_apiKeyId_idx" ON "SetupSession"("apiKeyId");

-- CreateIndex
CREATE INDEX "SetupSession_expiresAt_idx" ON "SetupSession"("expiresAt");

-- CreateIndex
CREATE INDEX "WebhookDelivery_status_dueAt_idx" ON "WebhookDelivery"("status", "dueAt");

-- CreateIndex
CREATE INDEX "WebhookDelivery_endpointId_userId_sequence_idx" ON "WebhookDelivery"("endpointId", "userId", "sequence");

-- CreateIndex
CREATE INDEX "WebhookDelivery_userId_idx" ON "WebhookDelivery"("userId");

-- CreateIndex
CREATE INDEX "Activity_at_idx" ON "Activity"("at");

-- CreateIndex
CREATE INDEX "Connection_refreshDueAt_idx" ON "Connection"("refreshDueAt");

-- CreateIndex
CREATE INDEX "Connection_refreshLeaseUntil_idx" ON "Connection"("refreshLeaseUntil");

-- CreateIndex
CREATE INDEX "Connection_verifyDueAt_idx" ON "Connection"("verifyDueAt");

-- CreateIndex
CREATE INDEX "Setup_announcedRevision_idx" ON "Setup"("announcedRevision");

-- AddForeignKey
ALTER TABLE "SetupSession" ADD CONSTRAINT "SetupSession_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SetupSession" ADD CONSTRAINT "SetupSession_setupId_fkey" FOREIGN KEY ("setupId") REFERENCES "Setup"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SetupSession" ADD CONSTRAINT "SetupSession_apiKeyId_fkey" FOREIGN KEY ("apiKeyId") REFERENCES "ApiKey"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "WebhookDelivery" ADD CONSTRAINT "WebhookDelivery_endpointId_fkey" FOREIGN KEY ("endpointId") REFERENCES "WebhookEndpoint"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Connections that were made before: what can be refreshed is due a little before it ends, everything is asked about once.
UPDATE "Connection" SET
    "accessTokenIssuedAt" = "authorizedAt",
    "refreshDueAt" = CASE WHEN "refreshable" THEN "accessTokenExpiresAt" - interval '5 minutes' END,
    "verifyDueAt" = now()
WHERE "status" = 'LIVE';
