-- AlterEnum
ALTER TYPE "ConnectionProblemCode" ADD VALUE 'RENEWAL_REFUSED';

-- AlterTable
ALTER TABLE "Connection" ADD COLUMN     "refreshRefusals" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "refreshRefusedSince" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "Connection_connectorSlug_accessTokenIssuedAt_idx" ON "Connection"("connectorSlug", "accessTokenIssuedAt");
