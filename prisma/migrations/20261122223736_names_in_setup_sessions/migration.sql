-- AlterTable
ALTER TABLE "SetupSession" ADD COLUMN     "organizationName" TEXT,
ADD COLUMN     "userName" TEXT;
