-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "AuthorizationFailureCode" ADD VALUE 'INTERACTION_REQUIRED';
ALTER TYPE "AuthorizationFailureCode" ADD VALUE 'APPROVAL_PENDING';
ALTER TYPE "AuthorizationFailureCode" ADD VALUE 'APPROVAL_GRANTED';
ALTER TYPE "AuthorizationFailureCode" ADD VALUE 'NO_CODE_RECEIVED';
