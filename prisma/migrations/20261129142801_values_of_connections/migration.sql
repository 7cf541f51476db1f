-- AlterTable
ALTER TABLE "Connection" ADD COLUMN     "accountIdFrom" TEXT,
ADD COLUMN     "metadata" JSONB NOT NULL DEFAULT '{}';
