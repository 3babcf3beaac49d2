// SPDX-License-Identifier: Apache-2.0

// The documented upload route in Go: net/http and minio-go. It keeps no record of what it promised.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

const (
	fileBytesMax = 800_000_000
	urlLifetime  = time.Hour
	username     = "username"
	bucket       = "slipway"
)

var storageClasses = map[string]string{"": "", "standard": "", "glacier": "GLACIER"}

type file struct {
	FileName    string `json:"file_name"`
	ContentType string `json:"content_type"`
	FileSize    int64  `json:"file_size"`
	Tier        string `json:"tier"`
}

type entry struct {
	Message      string `json:"message,omitempty"`
	FileName     string `json:"file_name"`
	PresignedURL string `json:"presigned_url,omitempty"`
	S3Key        string `json:"s3_key,omitempty"`
	ID           string `json:"id,omitempty"`
	Status       string `json:"status"`
	Error        string `json:"error,omitempty"`
}

type batchAnswer struct {
	Message    string  `json:"message"`
	Successful []entry `json:"successful"`
	Failed     []entry `json:"failed"`
}

type service struct{ s3 *minio.Client }

func (s *service) presign(ctx context.Context, f file) entry {
	class, known := storageClasses[f.Tier]
	if !known || f.FileName == "" || f.FileSize > fileBytesMax {
		cause := "unknown tier, no name or over 800 MB"
		return entry{FileName: f.FileName, Status: "failed", Error: cause}
	}
	key := username + "/" + f.FileName
	headers := http.Header{"Content-Type": {f.ContentType}}
	if class != "" {
		headers.Set("x-amz-storage-class", class)
	}
	url, err := s.s3.PresignHeader(ctx, http.MethodPut, bucket, key, urlLifetime, nil, headers)
	if err != nil {
		return entry{FileName: f.FileName, Status: "failed", Error: err.Error()}
	}
	return entry{
		FileName:     f.FileName,
		PresignedURL: url.String(),
		S3Key:        key,
		ID:           strings.ReplaceAll(key, "/", "-"),
		Status:       "success",
	}
}

func (s *service) upload(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Files []file `json:"files"`
		file
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if body.Files == nil {
		one := s.presign(r.Context(), body.file)
		one.Message = "Successfully generated presigned URL"
		reply(w, one)
		return
	}
	answer := batchAnswer{Successful: make([]entry, 0, len(body.Files)), Failed: []entry{}}
	// One after the other: with many requests at once every core is busy, and goroutines only cost.
	for _, f := range body.Files {
		if e := s.presign(r.Context(), f); e.Status == "success" {
			answer.Successful = append(answer.Successful, e)
		} else {
			answer.Failed = append(answer.Failed, e)
		}
	}
	answer.Message = fmt.Sprintf(
		"Successfully generated presigned URLs for %d files. %d files failed.",
		len(answer.Successful), len(answer.Failed))
	reply(w, answer)
}

func reply(w http.ResponseWriter, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	_, _ = w.Write(text)
}

func main() {
	listen, endpoint := os.Args[1], strings.TrimPrefix(os.Getenv("PEER_S3_ENDPOINT"), "http://")
	client, err := minio.New(endpoint, &minio.Options{
		Creds: credentials.NewStaticV4(os.Getenv("PEER_ACCESS_KEY"), os.Getenv("PEER_SECRET_KEY"), ""),
		// Named, so that minio-go need not ask for it.
		Region:       "us-east-1",
		BucketLookup: minio.BucketLookupPath,
	})
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("POST /api/files/upload/", (&service{client}).upload)
	log.Fatal(http.ListenAndServe(listen, nil))
}
