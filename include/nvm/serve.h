/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a bio is served: in which order its data and its flushes come, and what it
 * ends with. The same for all ULDs that complete inside submit_bio. Inline: the
 * whole of what nvm_pmem does for 4 KiB is some 160 instructions.
 *
 * Drivers do not include this file; they include nvm/uld.h. It stands apart so
 * that the model of the power cut (tests/model) has it as it is.
 */
#ifndef NVM_SERVE_H
#define NVM_SERVE_H

#include <linux/blkdev.h>

/**
 * nvm_disk_account() - read inside submit_bio
 * @bio: a read
 * @private: passed to @move
 * @move: reads all of it; returns 0 or a negative errno
 *
 * What is accounted for is the same for all ULDs.
 *
 * Context: as @move.
 * Return: what @move does.
 */
static __always_inline int nvm_disk_account(struct bio *bio, void *private,
					    int (*move)(void *private,
							struct bio *bio))
{
	unsigned long start;
	int err;

	if (likely(!blk_queue_io_stat(bio->bi_bdev->bd_disk->queue)))
		return move(private, bio);
	start = bio_start_io_acct(bio);
	err = move(private, bio);
	bio_end_io_acct(bio, start);
	return err;
}

/**
 * nvm_disk_move() - move the data of a bio inside submit_bio
 * @bio: has data, or is a discard
 * @private: passed to @move
 * @move: reads, writes or discards all of it; returns 0 or a negative errno
 *
 * As nvm_disk_account(); whether the disk may be written is the same for all
 * ULDs, too.
 *
 * Context: as @move.
 * Return: what @move does, or -EIO for a write to a read-only disk: the block
 * layer only warns of it.
 */
static __always_inline int nvm_disk_move(struct bio *bio, void *private,
					 int (*move)(void *private,
						     struct bio *bio))
{
	if (op_is_write(bio_op(bio)) &&
	    unlikely(get_disk_ro(bio->bi_bdev->bd_disk)))
		return -EIO;
	return nvm_disk_account(bio, private, move);
}

/**
 * nvm_disk_end_bio() - a bio is done
 * @bio: the bio
 * @err: 0 or a negative errno; -EAGAIN: it would have had to sleep
 *
 * Context: any.
 */
static __always_inline void nvm_disk_end_bio(struct bio *bio, int err)
{
	if (unlikely(err)) {
		if (err == -EAGAIN)
			bio_set_flag(bio, BIO_QUIET);
		bio->bi_status = errno_to_blk_status(err);
	}
	bio_endio(bio);
}

/**
 * nvm_disk_serve() - all of a bio with or without data, but a discard
 * @bio: ended here
 * @private: passed to the others
 * @flush_sleeps: @flush may sleep
 * @move: see nvm_disk_move(); ends with -EAGAIN if it would sleep and must not
 * @flush: what completed before is durable when it returns 0
 *
 * Context: as @move and @flush, which do not sleep under REQ_NOWAIT.
 */
static __always_inline void nvm_disk_serve(struct bio *bio, void *private,
					   bool flush_sleeps,
					   int (*move)(void *private,
						       struct bio *bio),
					   int (*flush)(void *private))
{
	int err = 0;

	if (unlikely(flush_sleeps) && op_is_flush(bio->bi_opf) &&
	    (bio->bi_opf & REQ_NOWAIT)) {
		bio_wouldblock_error(bio);
		return;
	}
	if (bio->bi_opf & REQ_PREFLUSH)
		err = flush(private);
	if (likely(!err) && bio_has_data(bio))
		err = nvm_disk_move(bio, private, move);
	if (likely(!err) && (bio->bi_opf & REQ_FUA))
		err = flush(private);
	nvm_disk_end_bio(bio, err);
}

#endif /* NVM_SERVE_H */
