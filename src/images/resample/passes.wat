;; The two passes of a resize over RGB bytes: weighted sums along rows, then down columns, in whole numbers.
;;
;; A table says what each output pixel is made of. An entry of `entry` bytes holds, as int32: where its first input
;; lies, how many inputs it has (one at least), and the weight of each in units of 2^-22. A sum starts at a half, is
;; shifted back by 22 bits, and stays within 0 and 255.
(module
  (memory (export "memory") 1)

  ;; `rows` rows of `stride` bytes at `source` to rows of `width` pixels at `target`. The first input of an entry is in
  ;; bytes from the row's start. Reads one byte behind the last input and writes one behind the last pixel.
  (func (export "across")
    (param $rows i32) (param $stride i32) (param $table i32) (param $entry i32) (param $width i32)
    (param $source i32) (param $target i32)
    (local $x i32) (local $at i32) (local $from i32) (local $weight i32) (local $end i32) (local $sum v128)
    (loop $row
      (local.set $at (local.get $table))
      (local.set $x (local.get $width))
      (loop $pixel
        (local.set $sum (v128.const i32x4 0x200000 0x200000 0x200000 0x200000))
        (local.set $from (i32.add (local.get $source) (i32.load (local.get $at))))
        (local.set $weight (i32.add (local.get $at) (i32.const 8)))
        (local.set $end
          (i32.add (local.get $weight) (i32.shl (i32.load offset=4 (local.get $at)) (i32.const 2))))
        (loop $input
          (local.set $sum
            (i32x4.add
              (local.get $sum)
              (i32x4.mul
                (v128.load32_splat (local.get $weight))
                (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (v128.load32_zero (local.get $from)))))))
          (local.set $from (i32.add (local.get $from) (i32.const 3)))
          (local.set $weight (i32.add (local.get $weight) (i32.const 4)))
          (br_if $input (i32.lt_u (local.get $weight) (local.get $end))))
        (local.set $sum (i32x4.shr_s (local.get $sum) (i32.const 22)))
        (local.set $sum (i16x8.narrow_i32x4_s (local.get $sum) (local.get $sum)))
        (v128.store32_lane 0 (local.get $target) (i8x16.narrow_i16x8_u (local.get $sum) (local.get $sum)))
        (local.set $target (i32.add (local.get $target) (i32.const 3)))
        (local.set $at (i32.add (local.get $at) (local.get $entry)))
        (local.set $x (i32.sub (local.get $x) (i32.const 1)))
        (br_if $pixel (local.get $x)))
      (local.set $source (i32.add (local.get $source) (local.get $stride)))
      (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
      (br_if $row (local.get $rows))))

  ;; Rows of `stride` bytes at `source` to `rows` rows of as many at `target`, sixteen bytes at a time. The first input
  ;; of an entry is the number of a row. Reads and writes up to fifteen bytes behind the last row.
  (func (export "down")
    (param $rows i32) (param $stride i32) (param $table i32) (param $entry i32) (param $source i32) (param $target i32)
    (local $x i32) (local $from i32) (local $weight i32) (local $end i32) (local $w v128) (local $bytes v128)
    (local $low v128) (local $high v128) (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (loop $row
      (local.set $end
        (i32.add
          (i32.add (local.get $table) (i32.const 8))
          (i32.shl (i32.load offset=4 (local.get $table)) (i32.const 2))))
      (local.set $x (i32.const 0))
      (loop $chunk
        (local.set $a (v128.const i32x4 0x200000 0x200000 0x200000 0x200000))
        (local.set $b (local.get $a))
        (local.set $c (local.get $a))
        (local.set $d (local.get $a))
        (local.set $from
          (i32.add
            (i32.add (local.get $source) (local.get $x))
            (i32.mul (i32.load (local.get $table)) (local.get $stride))))
        (local.set $weight (i32.add (local.get $table) (i32.const 8)))
        (loop $input
          (local.set $w (v128.load32_splat (local.get $weight)))
          (local.set $bytes (v128.load (local.get $from)))
          (local.set $low (i16x8.extend_low_i8x16_u (local.get $bytes)))
          (local.set $high (i16x8.extend_high_i8x16_u (local.get $bytes)))
          (local.set $a
            (i32x4.add (local.get $a) (i32x4.mul (local.get $w) (i32x4.extend_low_i16x8_u (local.get $low)))))
          (local.set $b
            (i32x4.add (local.get $b) (i32x4.mul (local.get $w) (i32x4.extend_high_i16x8_u (local.get $low)))))
          (local.set $c
            (i32x4.add (local.get $c) (i32x4.mul (local.get $w) (i32x4.extend_low_i16x8_u (local.get $high)))))
          (local.set $d
            (i32x4.add (local.get $d) (i32x4.mul (local.get $w) (i32x4.extend_high_i16x8_u (local.get $high)))))
          (local.set $from (i32.add (local.get $from) (local.get $stride)))
          (local.set $weight (i32.add (local.get $weight) (i32.const 4)))
          (br_if $input (i32.lt_u (local.get $weight) (local.get $end))))
        (v128.store
          (i32.add (local.get $target) (local.get $x))
          (i8x16.narrow_i16x8_u
            (i16x8.narrow_i32x4_s
              (i32x4.shr_s (local.get $a) (i32.const 22)) (i32x4.shr_s (local.get $b) (i32.const 22)))
            (i16x8.narrow_i32x4_s
              (i32x4.shr_s (local.get $c) (i32.const 22)) (i32x4.shr_s (local.get $d) (i32.const 22)))))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (br_if $chunk (i32.lt_u (local.get $x) (local.get $stride))))
      (local.set $target (i32.add (local.get $target) (local.get $stride)))
      (local.set $table (i32.add (local.get $table) (local.get $entry)))
      (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
      (br_if $row (local.get $rows)))))
