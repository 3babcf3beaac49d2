// SPDX-License-Identifier: Apache-2.0

// Signs presigned PUT URLs by minio-go in one goroutine for os.Args[1] seconds; prints the rate a
// CPU second (garbage collection counts, as it is part of the price).
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

func cpuSeconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		log.Fatal(err)
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

func main() {
	runtime.GOMAXPROCS(1)
	seconds, err := strconv.ParseFloat(os.Args[1], 64)
	if err != nil {
		log.Fatal(err)
	}
	client, err := minio.New("127.0.0.1:9000", &minio.Options{
		Creds: credentials.NewStaticV4("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""),
		// Named, so that minio-go need not ask for it.
		Region:       "us-east-1",
		BucketLookup: minio.BucketLookupPath,
	})
	if err != nil {
		log.Fatal(err)
	}
	headers := http.Header{"Content-Type": {"image/jpeg"}}
	began, count := cpuSeconds(), 0
	for cpuSeconds()-began < seconds {
		for i := 0; i < 100; i++ {
			key := "username/" + strconv.Itoa(count) + ".jpg"
			url, err := client.PresignHeader(context.Background(), http.MethodPut, "slipway", key,
				time.Hour, nil, headers)
			if err != nil || url.String() == "" {
				log.Fatal(err)
			}
			count++
		}
	}
	fmt.Println(float64(count) / (cpuSeconds() - began))
}
