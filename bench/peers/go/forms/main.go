// SPDX-License-Identifier: Apache-2.0

// The documented upload route in Go: the form is read part by part and each file streamed into S3 by
// minio-go, in one PUT where it is small and in parts where not.
package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

const (
	bucket        = "slipway"
	username      = "username"
	fieldBytesMax = 64 << 10
	// Up to this a file is read before it is sent: then its size is known, and one PUT is enough.
	singleBytesMax = 4 << 20
	// Without it minio-go would take parts of half a gigabyte where a size is unknown.
	partBytes = 16 << 20
)

type answer struct {
	Status        string            `json:"status"`
	UploadedFiles map[string]string `json:"uploaded_files"`
	UploadedCount int               `json:"uploaded_count"`
	TotalFiles    int               `json:"total_files"`
	Failed        map[string]string `json:"failed"`
}

type service struct {
	s3      *minio.Client
	buffers sync.Pool
}

func (s *service) store(ctx context.Context, category string, part *multipart.Part) (string, error) {
	var hash [16]byte
	if _, err := rand.Read(hash[:]); err != nil {
		return "", err
	}
	key := fmt.Sprintf("%s/user_%s/%s/%s%s", category, username, part.FormName(),
		hex.EncodeToString(hash[:]), path.Ext(part.FileName()))
	options := minio.PutObjectOptions{
		ContentType: part.Header.Get("Content-Type"),
		PartSize:    partBytes,
		// Else it would hash each body to sign it, over plain HTTP.
		DisableContentSha256: true,
	}
	buffer := s.buffers.Get().(*[]byte)
	defer s.buffers.Put(buffer)
	count, err := io.ReadFull(part, *buffer)
	begin := bytes.NewReader((*buffer)[:count])
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		_, err = s.s3.PutObject(ctx, bucket, key, begin, int64(count), options)
	case err == nil:
		_, err = s.s3.PutObject(ctx, bucket, key, io.MultiReader(begin, part), -1, options)
	}
	if err != nil {
		return "", err
	}
	return "s3://" + bucket + "/" + key, nil
}

func (s *service) upload(w http.ResponseWriter, r *http.Request) {
	form, err := r.MultipartReader()
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	category := "general"
	a := answer{Status: "success", UploadedFiles: map[string]string{}, Failed: map[string]string{}}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if part.FileName() == "" {
			value, err := io.ReadAll(io.LimitReader(part, fieldBytesMax))
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			if part.FormName() == "file_category" {
				category = string(value)
			}
			continue
		}
		a.TotalFiles++
		if url, err := s.store(r.Context(), category, part); err != nil {
			a.Failed[part.FormName()] = err.Error()
		} else {
			a.UploadedFiles[part.FormName()] = url
		}
	}
	a.UploadedCount = len(a.UploadedFiles)
	reply(w, a)
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
	s := &service{s3: client, buffers: sync.Pool{New: func() any {
		buffer := make([]byte, singleBytesMax)
		return &buffer
	}}}
	http.HandleFunc("POST /api/uploads/", s.upload)
	log.Fatal(http.ListenAndServe(listen, nil))
}
