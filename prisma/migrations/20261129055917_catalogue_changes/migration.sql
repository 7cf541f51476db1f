-- CreateTable
CREATE TABLE "CatalogueChange" (
    "revision" INTEGER NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "pluginSlug" TEXT,
    "connectorSlug" TEXT,

    CONSTRAINT "CatalogueChange_pkey" PRIMARY KEY ("revision")
);
