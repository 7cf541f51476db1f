-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "AuthorizationFailureCode" ADD VALUE 'NOTHING_TO_CHOOSE';
ALTER TYPE "AuthorizationFailureCode" ADD VALUE 'NOTHING_CHOSEN';

-- AlterEnum
ALTER TYPE "AuthorizationStatus" ADD VALUE 'AWAITING_CHOICE';

-- CreateTable
CREATE TABLE "AuthorizationTokens" (
    "authorizationId" UUID NOT NULL,
    "accountId" TEXT,
    "sealed" BYTEA NOT NULL,

    CONSTRAINT "AuthorizationTokens_pkey" PRIMARY KEY ("authorizationId")
);

-- AddForeignKey
ALTER TABLE "AuthorizationTokens" ADD CONSTRAINT "AuthorizationTokens_authorizationId_fkey" FOREIGN KEY ("authorizationId") REFERENCES "Authorization"("id") ON DELETE CASCADE ON UPDATE CASCADE;
