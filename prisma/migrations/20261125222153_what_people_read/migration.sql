-- AlterTable
ALTER TABLE "Connector" ADD COLUMN     "scopeDescriptions" JSONB;

-- AlterTable
ALTER TABLE "Plugin" ADD COLUMN     "publisher" TEXT;
