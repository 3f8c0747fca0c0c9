package main

import (
	"github.com/pulumi-health/aws-health-datastores/sdk/go/healthdatastores"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		images, err := healthdatastores.NewHealthImagingDatastore(ctx, "images",
			&healthdatastores.HealthImagingDatastoreArgs{
				Tags: pulumi.StringMap{"team": pulumi.String("radiology")},
			})
		if err != nil {
			return err
		}
		records, err := healthdatastores.NewHealthLakeDatastore(ctx, "records",
			&healthdatastores.HealthLakeDatastoreArgs{
				Tags: pulumi.StringMap{"team": pulumi.String("clinic")},
			})
		if err != nil {
			return err
		}
		ctx.Export("imagesId", images.DatastoreId)
		ctx.Export("recordsEndpoint", records.DatastoreEndpoint)
		return nil
	})
}
