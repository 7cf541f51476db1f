-- AlterTable
ALTER TABLE "Connector" ADD COLUMN     "providerOverrides" JSONB;
