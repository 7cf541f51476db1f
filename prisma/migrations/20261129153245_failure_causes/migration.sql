-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "AuthorizationFailureCode" ADD VALUE 'CLIENT_REFUSED';
ALTER TYPE "AuthorizationFailureCode" ADD VALUE 'SCOPE_REFUSED';
ALTER TYPE "AuthorizationFailureCode" ADD VALUE 'REDIRECT_URI_REFUSED';
ALTER TYPE "AuthorizationFailureCode" ADD VALUE 'ADDRESS_BLOCKED';

-- AlterTable
ALTER TABLE "Authorization" ADD COLUMN     "failureCause" JSONB;

-- AlterTable
ALTER TABLE "Connection" ADD COLUMN     "failedAt" TIMESTAMPTZ(3),
ADD COLUMN     "failureCause" JSONB;

-- CreateIndex
CREATE INDEX "Authorization_connectorSlug_endedAt_idx" ON "Authorization"("connectorSlug", "endedAt") WHERE ("failureCause" IS NOT NULL);

-- CreateIndex
CREATE INDEX "Connection_connectorSlug_failedAt_idx" ON "Connection"("connectorSlug", "failedAt") WHERE ("failureCause" IS NOT NULL);
