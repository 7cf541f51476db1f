-- AlterTable
ALTER TABLE "Connector" ADD COLUMN     "fromFile" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "issuerSettings" JSONB;
